// Original file: proto/course/v1/course.proto


/**
 * Which booking.
 */
export interface CompleteBookingRequest {
  /**
   * A UUID.
   */
  'booking_id'?: (string);
}

/**
 * Which booking.
 */
export interface ReceivedCompleteBookingRequest {
  /**
   * A UUID.
   */
  'booking_id': (string);
}
