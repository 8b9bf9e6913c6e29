// Who calls a command, in memory: what it has printed, said and asked.

/** What was printed and said, and the questions. */
export interface Heard {
  out: string;
  err: string;
  questions: string[];
}

/** The side of the user; without an answer nobody is there to be asked. What is heard goes into `said`. */
export const consoleOf = (said: Heard, answer: boolean | undefined) => ({
  ask:
    answer === undefined
      ? undefined
      : async (question: string) => {
          said.questions.push(question);
          return answer;
        },
  print: (text: string) => {
    said.out += text;
  },
  say: (text: string) => {
    said.err += `${text}\n`;
  },
  width: 200,
  color: false,
});
