// The parser of shfmt, as far as the tests read it.
declare module "mvdan-sh" {
  /** A node of the syntax tree: each kind has some of these. */
  export interface Node {
    Pos(): { Line(): number };
    Name?: Node;
    Value?: string | Node;
    Body?: Node;
    Args?: Node[];
    Assigns?: Node[];
    Parts?: Node[];
    Param?: Node;
    Exp?: { Op: number } | null;
    Op?: number;
    Loop?: Node;
  }

  const sh: {
    syntax: {
      LangPOSIX: number;
      NewParser(...options: unknown[]): { Parse(text: string, name: string): Node };
      Variant(language: number): unknown;
      Walk(node: Node, visit: (node: Node | null) => boolean): void;
      NodeType(node: Node): string;
    };
  };
  export default sh;
}
