import type { Settings } from "../../settings/settings.ts";
import { otherTransport } from "../transports.ts";
import type { Row } from "./row.ts";

const unit = (value: number | undefined, letter: string) => (value === undefined ? undefined : `${value}${letter}`);

/** The pace at which mail leaves, and the time that it may wait. */
export function queue(settings: Settings): Row[] {
  const { rateDelaySeconds, concurrency, messageSize, ...waiting } = settings.limits;
  const transports = ["smtp", otherTransport(settings)?.name].filter((name) => name !== undefined);
  return [
    ...transports.flatMap((transport): Row[] => [
      [`${transport}_destination_rate_delay`, unit(rateDelaySeconds, "s"), "The pause between two messages."],
      [
        `${transport}_destination_concurrency_limit`,
        unit(concurrency, ""),
        "Connections to the relay host at the same time.",
      ],
    ]),
    ["message_size_limit", unit(messageSize, ""), "Larger messages are refused when they are submitted."],
    [
      "maximal_queue_lifetime",
      unit(waiting.queueLifetimeHours, "h"),
      "After this time a message goes back to its sender.",
    ],
    ["bounce_queue_lifetime", unit(waiting.bounceLifetimeHours, "h"), "After this time a bounce is given up."],
    [
      "delay_warning_time",
      unit(waiting.delayWarningHours, "h"),
      "After this time the sender is warned that it is still waiting.",
    ],
  ];
}
