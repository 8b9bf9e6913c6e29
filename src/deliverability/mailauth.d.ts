// Parts of mailauth that have no types of their own, as far as they are used here.

declare module "mailauth/lib/parse-received.js" {
  interface Part {
    readonly value?: string;
    readonly comment?: string;
  }
  export function parseReceived(line: string): false | { readonly from?: Part; readonly by?: Part };
  export function getClientAddress(from: Part | undefined): string | false;
}

declare module "mailauth/lib/parse-dkim-headers.js" {
  interface Result {
    readonly value?: string;
  }
  interface Results {
    readonly value?: string;
    readonly spf?: Result;
    readonly dkim?: readonly Result[];
    readonly dmarc?: Result;
  }
  export default function parse(line: string): { readonly parsed: Results };
}
