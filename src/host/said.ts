// What a host says is data: the kinds of values in it, with their lengths and characters.

import { z } from "zod";
import { clean, cleanWhole } from "./clean.ts";

/** The bytes that are read of one answer. */
export const LONGEST_ANSWER = 2 ** 20;

/** The entries of a list that are shown. */
const MOST = 50;

/** Words for people. */
export const words = z.string().overwrite(clean);

/** What a program has left on a host for the next one: at most 4,000 characters, all of them. */
export const note = z.string().max(4000).overwrite(cleanWhole);

/** A list of them; what is beyond 50 entries is counted. */
export const list = z
  .array(words)
  .overwrite((all) => (all.length > MOST ? [...all.slice(0, MOST), `… (${all.length - MOST} more)`] : all));

/** A name, a version or a number, for programs: at most 100 characters. */
export const token = z
  .string()
  .max(100)
  .regex(/^[\w .:~+-]*$/);

/** Messages, seconds: a whole number from 0. */
export const count = z.int().min(0);
