// Original file: proto/course/v1/course.proto

import type { BookingStatus as _course_v1_BookingStatus, ReceivedBookingStatus as Received_course_v1_BookingStatus } from '../../course/v1/BookingStatus.ts';

/**
 * Which bookings, and which page of them.
 */
export interface ListBookingsRequest {
  /**
   * Only those with this status.
   */
  'status'?: (_course_v1_BookingStatus);
  /**
   * Only those of this user.
   */
  'user_id'?: (string);
  /**
   * Only those of this course.
   */
  'course_id'?: (string);
  /**
   * How many at most, 1 to 100. Left out: 20.
   */
  'page_size'?: (number);
  /**
   * next_page_token of the page before, which had the same filters. Left out: the first page.
   */
  'page_token'?: (string);
  '_user_id'?: "user_id";
  '_course_id'?: "course_id";
  '_page_size'?: "page_size";
}

/**
 * Which bookings, and which page of them.
 */
export interface ReceivedListBookingsRequest {
  /**
   * Only those with this status.
   */
  'status': (Received_course_v1_BookingStatus);
  /**
   * Only those of this user.
   */
  'user_id'?: (string);
  /**
   * Only those of this course.
   */
  'course_id'?: (string);
  /**
   * How many at most, 1 to 100. Left out: 20.
   */
  'page_size'?: (number);
  /**
   * next_page_token of the page before, which had the same filters. Left out: the first page.
   */
  'page_token': (string);
}
