/** The outcome of a test delivery. */
export interface Delivery {
  /**
   * "sent": the relay host has accepted the message. "unknown": what the host printed has no report in it.
   */
  status: string;
  /**
   * Name, address and port of the server that accepted it.
   */
  relay: string;
  /**
   * Enhanced status code of its reply; 2.x.x is success.
   */
  dsn: string;
  /**
   * Queue ID, to find the message in the host's log.
   */
  queueId: string;
  /**
   * The text of the server's reply.
   */
  answer: string;
  /**
   * Seconds from submitting the message to the reply.
   */
  seconds: number;
  /**
   * When that was, such as 2026-11-30T15:04:05Z. Empty where the report does not tell.
   */
  at: string;
  /**
   * What was not proven, and why: a relay host in `fallback` that was out of reach, or what the probe of the running
   * Postfix has shown, such as a relay host that refuses bounces.
   */
  unproven: string[];
}
