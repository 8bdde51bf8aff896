// Original file: proto/course/v1/course.proto


/**
 * Which booking.
 */
export interface ReserveBookingRequest {
  /**
   * A UUID.
   */
  'booking_id'?: (string);
}

/**
 * Which booking.
 */
export interface ReceivedReserveBookingRequest {
  /**
   * A UUID.
   */
  'booking_id': (string);
}
