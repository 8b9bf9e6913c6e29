/** What became of a test message. */
export interface Delivery {
  /**
   * "sent": the relay host has taken the message. "unknown": what the host printed holds no report.
   */
  status: string;
  /**
   * Name, address and port of the server that took it.
   */
  relay: string;
  /**
   * Enhanced status code of its answer; 2.x.x is success.
   */
  dsn: string;
  /**
   * Queue ID, to find the message in the host's log.
   */
  queueId: string;
  /**
   * The server's own words.
   */
  answer: string;
  /**
   * Seconds from handing in the message to the answer.
   */
  seconds: number;
  /**
   * Further ways, such as a relay host in `fallback`, that could not be proven then: not refused, but out of reach.
   */
  unproven: string[];
}
