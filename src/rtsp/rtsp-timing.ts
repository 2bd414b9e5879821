/** The times of the RTSP dialogue, in milliseconds. */
export interface RtspTiming {
  /** From the look-up of the name to the TCP connection. */
  readonly connectMs: number
  /** From a request to its answer. */
  readonly answerMs: number
  /** A session lives so long without a sign of life, unless the camera says otherwise (RFC 2326 section 12.37). */
  readonly sessionMs: number
  /** The keepalive is sent so long before the session would end. */
  readonly keepaliveMarginMs: number
  /** Between receiver reports; some cameras end the session when they hear nothing for longer. */
  readonly receiverReportMs: number
  /** From the agreement on UDP to the first packet that comes that way; PLAY lies in between. */
  readonly firstPacketMs: number
  /** How long an aborted session waits for the answer to its TEARDOWN. */
  readonly teardownMs: number
}

/** The times that hold unless a caller overrides them. */
export const RTSP_TIMING: RtspTiming = {
  connectMs: 5000,
  answerMs: 5000,
  sessionMs: 60_000,
  keepaliveMarginMs: 5000,
  receiverReportMs: 5000,
  firstPacketMs: 3000,
  teardownMs: 500,
}
