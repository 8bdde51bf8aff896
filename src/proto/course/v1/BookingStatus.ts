// Original file: proto/course/v1/course.proto

/**
 * Where a booking stands: CREATED, RESERVED, COMPLETED; or ended as FAILED or EXPIRED.
 */
export const BookingStatus = {
  /**
   * Never the status of a booking. As a filter: any.
   */
  BOOKING_STATUS_UNSPECIFIED: 'BOOKING_STATUS_UNSPECIFIED',
  /**
   * Holds no seat yet.
   */
  BOOKING_STATUS_CREATED: 'BOOKING_STATUS_CREATED',
  /**
   * Holds a seat until expires_at.
   */
  BOOKING_STATUS_RESERVED: 'BOOKING_STATUS_RESERVED',
  /**
   * Paid for.
   */
  BOOKING_STATUS_COMPLETED: 'BOOKING_STATUS_COMPLETED',
  /**
   * The batch ended before it was paid for.
   */
  BOOKING_STATUS_FAILED: 'BOOKING_STATUS_FAILED',
  /**
   * Given up, or not paid for in time.
   */
  BOOKING_STATUS_EXPIRED: 'BOOKING_STATUS_EXPIRED',
} as const;

/**
 * Where a booking stands: CREATED, RESERVED, COMPLETED; or ended as FAILED or EXPIRED.
 */
export type BookingStatus =
  /**
   * Never the status of a booking. As a filter: any.
   */
  | 'BOOKING_STATUS_UNSPECIFIED'
  | 0
  /**
   * Holds no seat yet.
   */
  | 'BOOKING_STATUS_CREATED'
  | 1
  /**
   * Holds a seat until expires_at.
   */
  | 'BOOKING_STATUS_RESERVED'
  | 2
  /**
   * Paid for.
   */
  | 'BOOKING_STATUS_COMPLETED'
  | 3
  /**
   * The batch ended before it was paid for.
   */
  | 'BOOKING_STATUS_FAILED'
  | 4
  /**
   * Given up, or not paid for in time.
   */
  | 'BOOKING_STATUS_EXPIRED'
  | 5

/**
 * Where a booking stands: CREATED, RESERVED, COMPLETED; or ended as FAILED or EXPIRED.
 */
export type ReceivedBookingStatus = typeof BookingStatus[keyof typeof BookingStatus]
