import { inject, test } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether a test takes every row of its table; vitest.config.ts says so for each project. */
    everyRow: boolean;
  }
}

/** Whether this run takes every row. */
export const everyRow = inject("everyRow");

/** The rows that this run takes: in the project `lab`, and so in `npm test`, those that are marked; elsewhere all. */
export const taken = <Row extends { readonly always?: boolean }>(rows: readonly Row[]): Row[] =>
  rows.filter(({ always }) => always || everyRow);

/** A test that is taken where every row is. */
export const rarely = test.runIf(everyRow);
