// Original file: proto/course/v1/course.proto


/**
 * Which booking.
 */
export interface ExpireBookingRequest {
  /**
   * A UUID.
   */
  'booking_id'?: (string);
}

/**
 * Which booking.
 */
export interface ReceivedExpireBookingRequest {
  /**
   * A UUID.
   */
  'booking_id': (string);
}
