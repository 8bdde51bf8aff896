// Original file: proto/course/v1/hop.proto


/**
 * What one service received.
 */
export interface Hop {
  /**
   * The name by which its logs and traces know it.
   */
  'service'?: (string);
  /**
   * The metadata `traceparent`. Unset: nothing came.
   */
  'traceparent'?: (string);
  /**
   * The metadata `baggage`. Unset: nothing came.
   */
  'baggage'?: (string);
  '_traceparent'?: "traceparent";
  '_baggage'?: "baggage";
}

/**
 * What one service received.
 */
export interface ReceivedHop {
  /**
   * The name by which its logs and traces know it.
   */
  'service': (string);
  /**
   * The metadata `traceparent`. Unset: nothing came.
   */
  'traceparent'?: (string);
  /**
   * The metadata `baggage`. Unset: nothing came.
   */
  'baggage'?: (string);
}
