// Original file: proto/course/v1/course.proto


/**
 * Who will sit on the seat.
 */
export interface Customer {
  /**
   * One line, 1 to 200 characters.
   */
  'name'?: (string);
  /**
   * An email address, up to 254 characters.
   */
  'email'?: (string);
  /**
   * A telephone number: digits, spaces and +()./- are allowed.
   */
  'phone'?: (string);
  '_phone'?: "phone";
}

/**
 * Who will sit on the seat.
 */
export interface ReceivedCustomer {
  /**
   * One line, 1 to 200 characters.
   */
  'name': (string);
  /**
   * An email address, up to 254 characters.
   */
  'email': (string);
  /**
   * A telephone number: digits, spaces and +()./- are allowed.
   */
  'phone'?: (string);
}
