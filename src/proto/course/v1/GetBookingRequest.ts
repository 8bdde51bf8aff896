// Original file: proto/course/v1/course.proto


/**
 * Which booking.
 */
export interface GetBookingRequest {
  /**
   * A UUID.
   */
  'booking_id'?: (string);
}

/**
 * Which booking.
 */
export interface ReceivedGetBookingRequest {
  /**
   * A UUID.
   */
  'booking_id': (string);
}
