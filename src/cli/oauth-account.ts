// What a login needs, from the configuration of a stack and the command line; or all that is missing, with the lines to
// add. Pure. The configuration holds secrets: no reason and no line shows one.

import { quote } from "../host/quote.ts";
import { type Path, type Problem, pathText } from "../settings/problems.ts";
import type { Configuration } from "../stack/account.ts";
import { NAMESPACE } from "../stack/read.ts";
import { type ConsentService, consentPresets, serviceAt } from "./oauth-consent.ts";
import { linesFor, own, type Place, placeIn, textIn } from "./oauth-place.ts";
import type { ConsentFlow, OauthRequest } from "./request.ts";

/** All that a login needs. */
export interface Login {
  readonly flow: ConsentFlow;
  /** What is known of the service; undefined for one that is in no table. */
  readonly service: ConsentService | undefined;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scope: string;
  readonly tokenEndpoint: string;
  /** Where the flow begins. */
  readonly startEndpoint: string;
  /** The user name of the account, which is the mailbox; undefined where it stands elsewhere. */
  readonly username: string | undefined;
  /** Whether there is a refresh token already. */
  readonly replaces: boolean;
  /** What is left to do to the file of the stack before `pulumi up`. */
  readonly left: readonly string[];
}

/** What is in the way, all of it, and the lines that the file of the stack lacks; "" for none. */
export interface Lacking {
  readonly problems: readonly Problem[];
  readonly lines: string;
}

/** The login that was asked for. */
export function loginFor(request: OauthRequest, stack: string, configuration: Configuration): Login | Lacking {
  const place = placeIn(configuration, request.path);
  if (place.problems.length > 0) return { problems: place.problems, lines: "" };
  const given = valuesOf(place, request);
  const { clientId, scope, tokenEndpoint } = given.values;
  const service = (tokenEndpoint && serviceAt(tokenEndpoint)) || place.preset?.service;
  const start = tokenEndpoint ? startOf(request, service, tokenEndpoint) : {};
  const problems = [
    ...given.problems,
    ...endpointProblems(request, tokenEndpoint, place),
    ...(start.problem ? [start.problem] : []),
    ...(service && place.oauth2 ? serviceProblems(service, place, scope, stack) : []),
  ];
  const { flow, endpoint } = start;
  if (problems.length > 0 || !clientId || !scope || !tokenEndpoint || !endpoint || !flow)
    return { problems, lines: linesToAdd(place, given.absent) };
  return {
    ...{ flow, service, clientId, scope, tokenEndpoint, startEndpoint: endpoint },
    clientSecret: textIn(place.oauth2, "clientSecret"),
    username: textIn(place.account, "username"),
    replaces: place.token !== undefined,
    left: leftFor(stack, place, given.chosen),
  };
}

/** The values that may come from the stack, an option or the provider. */
const VALUES = [
  { key: "clientId", option: "--client-id", placeholder: "CLIENT-ID" },
  { key: "tokenEndpoint", option: "--token-endpoint", placeholder: "https://TOKEN-ENDPOINT" },
  { key: "scope", option: "--scope", placeholder: "SCOPE" },
] as const;

type Values = Partial<Record<(typeof VALUES)[number]["key"], string>>;

interface Given {
  readonly values: Values;
  readonly problems: readonly Problem[];
  /** What was given as an option alone; the file of the stack will need it, too. */
  readonly chosen: Values;
  /** The same, with placeholders for what nobody has given. */
  readonly absent: Values;
}

function valuesOf({ path, oauth2, preset }: Place, request: OauthRequest): Given {
  const at = own([...path, "oauth2"]);
  const problems: Problem[] = oauth2 ? [] : [{ path: at, reason: "missing: the account has no `oauth2`" }];
  const values: Values = {};
  const chosen: Values = {};
  const absent: Values = {};
  for (const { key, option, placeholder } of VALUES) {
    const [there, asked] = [oauth2?.[key], request[key]];
    const filled = key === "clientId" ? undefined : preset?.[key];
    if (there !== undefined) {
      values[key] = textIn(oauth2, key);
      if (values[key] === undefined) problems.push({ path: [...at, key], reason: "needs a text" });
      else if (asked !== undefined && asked !== there) problems.push({ path: [option], reason: otherThan(asked) });
    } else if (asked !== undefined && asked !== filled) {
      values[key] = chosen[key] = absent[key] = asked;
    } else if (filled !== undefined) {
      values[key] = filled;
    } else {
      absent[key] = placeholder;
      if (oauth2) problems.push({ path: [...at, key], reason: `missing; add it, or ${option}${ways(key)}` });
    }
  }
  return { values, problems, chosen, absent };
}

const otherThan = (asked: string) =>
  `got ${JSON.stringify(asked)}, and the stack has another one; leave the option out, or change the stack`;

/** What else gives such a value. */
const ways = (key: string) =>
  key === "clientId" ? "" : `, or \`${NAMESPACE}provider\`: ${Object.keys(consentPresets).join(", ")}`;

/** Where the flow begins, and which one it is. */
interface Start {
  readonly flow?: ConsentFlow;
  readonly endpoint?: string;
  readonly problem?: Problem;
}

function startOf(request: OauthRequest, service: ConsentService | undefined, tokenEndpoint: string): Start {
  const { deviceEndpoint, authorizeEndpoint, paste } = request;
  // Who pastes an address back has a browser in mind.
  const wanted = request.flow ?? (paste ? "browser" : service?.flow);
  const flow = wanted ?? (deviceEndpoint ? "device" : authorizeEndpoint ? "browser" : undefined);
  if (flow === undefined) {
    const reason = `nothing is known of ${tokenEndpoint}; add --device-endpoint URL, or --authorize-endpoint URL`;
    return { problem: { path: ["--flow"], reason } };
  }
  const [option, endpoint] =
    flow === "device"
      ? ["--device-endpoint", deviceEndpoint ?? service?.deviceEndpoint(tokenEndpoint)]
      : ["--authorize-endpoint", authorizeEndpoint ?? service?.authorizeEndpoint(tokenEndpoint)];
  if (endpoint) return { flow, endpoint };
  if (flow === "device" && service?.noDevice) return { problem: { path: ["--flow"], reason: service.noDevice } };
  return { problem: { path: [option ?? ""], reason: `missing: it is not known for ${tokenEndpoint}` } };
}

/** Endpoints that would get secrets without TLS, or are none. */
function endpointProblems(
  request: OauthRequest,
  tokenEndpoint: string | undefined,
  { path, oauth2 }: Place,
): Problem[] {
  const { deviceEndpoint, authorizeEndpoint } = request;
  const places: readonly (readonly [Path, string | undefined])[] = [
    [oauth2?.tokenEndpoint ? own([...path, "oauth2", "tokenEndpoint"]) : ["--token-endpoint"], tokenEndpoint],
    [["--device-endpoint"], deviceEndpoint],
    [["--authorize-endpoint"], authorizeEndpoint],
  ];
  const reason = "needs a URL that begins with https://, without a user name, a password or a #";
  return places.flatMap(([path, value]) => (value === undefined || isEndpoint(value) ? [] : [{ path, reason }]));
}

function isEndpoint(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === "https:" && !url.username && !url.password && !value.includes("#");
}

/** What is certain to fail at that service. */
function serviceProblems(
  { title, needsSecret, offlineScope }: ConsentService,
  { path, oauth2 }: Place,
  scope: string | undefined,
  stack: string,
): Problem[] {
  const at = (key: string) => own([...path, "oauth2", key]);
  const secret = quote(pathText(at("clientSecret")));
  const set = `run \`pulumi config set --secret --stack ${quote(stack)} --path ${secret}\``;
  const noSecret = needsSecret && textIn(oauth2, "clientSecret") === undefined;
  const noOffline = offlineScope !== undefined && scope !== undefined && !scope.split(/\s+/).includes(offlineScope);
  return [
    ...(noSecret
      ? [{ path: at("clientSecret"), reason: `missing: ${title} wants that of a desktop app; ${set}` }]
      : []),
    ...(noOffline
      ? [{ path: at("scope"), reason: `${title} gives no refresh token without the word ${offlineScope}; add it` }]
      : []),
  ];
}

/** What is left to do before `pulumi up`, where the login itself could do without. */
function leftFor(stack: string, place: Place, chosen: Values): string[] {
  const lines = `add to its file what was given as an option:\n\n${linesFor(place, { oauth2: chosen })}\n`;
  const password = quote(pathText(own([...place.path, "password"])));
  const remove = `\`pulumi config rm --stack ${quote(stack)} --path ${password}\``;
  return [
    ...(Object.keys(chosen).length > 0 ? [lines] : []),
    ...(place.account?.password === undefined ? [] : [`take out the password beside it (one of the two): ${remove}`]),
  ];
}

/** The lines to add, word for word; those of an account that is not there begin with its user name. */
function linesToAdd(place: Place, absent: Values): string {
  if (Object.keys(absent).length === 0) return "";
  return linesFor(place, { ...(!place.account && { username: "MAILBOX" }), oauth2: absent });
}
