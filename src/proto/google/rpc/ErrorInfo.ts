// Original file: proto/google/rpc/error_details.proto


/**
 * Why a call failed, for programs.
 */
export interface ErrorInfo {
  /**
   * A constant in capitals: NOT_FOUND.
   */
  'reason'?: (string);
  /**
   * Who has defined the reason.
   */
  'domain'?: (string);
}

/**
 * Why a call failed, for programs.
 */
export interface ReceivedErrorInfo {
  /**
   * A constant in capitals: NOT_FOUND.
   */
  'reason': (string);
  /**
   * Who has defined the reason.
   */
  'domain': (string);
}
