// Original file: proto/course/v1/course.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Booking as _course_v1_Booking, ReceivedBooking as Received_course_v1_Booking } from '../../course/v1/Booking.ts';
import type { CompleteBookingRequest as _course_v1_CompleteBookingRequest, ReceivedCompleteBookingRequest as Received_course_v1_CompleteBookingRequest } from '../../course/v1/CompleteBookingRequest.ts';
import type { CreateBookingRequest as _course_v1_CreateBookingRequest, ReceivedCreateBookingRequest as Received_course_v1_CreateBookingRequest } from '../../course/v1/CreateBookingRequest.ts';
import type { ExpireBookingRequest as _course_v1_ExpireBookingRequest, ReceivedExpireBookingRequest as Received_course_v1_ExpireBookingRequest } from '../../course/v1/ExpireBookingRequest.ts';
import type { GetBookingRequest as _course_v1_GetBookingRequest, ReceivedGetBookingRequest as Received_course_v1_GetBookingRequest } from '../../course/v1/GetBookingRequest.ts';
import type { ListBookingsRequest as _course_v1_ListBookingsRequest, ReceivedListBookingsRequest as Received_course_v1_ListBookingsRequest } from '../../course/v1/ListBookingsRequest.ts';
import type { ListBookingsResponse as _course_v1_ListBookingsResponse, ReceivedListBookingsResponse as Received_course_v1_ListBookingsResponse } from '../../course/v1/ListBookingsResponse.ts';
import type { ReserveBookingRequest as _course_v1_ReserveBookingRequest, ReceivedReserveBookingRequest as Received_course_v1_ReserveBookingRequest } from '../../course/v1/ReserveBookingRequest.ts';

/**
 * Bookings: from created to completed, one seat at a time.
 * 
 * CreateBooking, ReserveBooking, CompleteBooking and ExpireBooking can be sent again without a second effect when they
 * carry a key of the caller's choice in the metadata `idempotency-key`: 1 to 255 visible ASCII characters, remembered
 * for 24 hours. An answer that was given before has the metadata `idempotency-replayed: true`. A key that was used for
 * another request is INVALID_ARGUMENT with the reason IDEMPOTENCY_KEY_REUSED.
 */
export interface BookingServiceClient extends grpc.Client {
  /**
   * Records the payment. A hold that is overdue becomes EXPIRED instead, and one in a batch that has ended FAILED.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: not RESERVED, overdue, or the batch has ended.
   */
  CompleteBooking(argument: _course_v1_CompleteBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  CompleteBooking(argument: _course_v1_CompleteBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  CompleteBooking(argument: _course_v1_CompleteBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  CompleteBooking(argument: _course_v1_CompleteBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  /**
   * Records the payment. A hold that is overdue becomes EXPIRED instead, and one in a batch that has ended FAILED.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: not RESERVED, overdue, or the batch has ended.
   */
  completeBooking(argument: _course_v1_CompleteBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  completeBooking(argument: _course_v1_CompleteBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  completeBooking(argument: _course_v1_CompleteBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  completeBooking(argument: _course_v1_CompleteBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  
  /**
   * Notes who wants which seat at which price. The seat itself is taken by ReserveBooking.
   * INVALID_ARGUMENT; NOT_FOUND: the course or the batch; FAILED_PRECONDITION: sold out (reason SOLD_OUT), or
   * nothing is open for booking.
   */
  CreateBooking(argument: _course_v1_CreateBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  CreateBooking(argument: _course_v1_CreateBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  CreateBooking(argument: _course_v1_CreateBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  CreateBooking(argument: _course_v1_CreateBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  /**
   * Notes who wants which seat at which price. The seat itself is taken by ReserveBooking.
   * INVALID_ARGUMENT; NOT_FOUND: the course or the batch; FAILED_PRECONDITION: sold out (reason SOLD_OUT), or
   * nothing is open for booking.
   */
  createBooking(argument: _course_v1_CreateBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  createBooking(argument: _course_v1_CreateBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  createBooking(argument: _course_v1_CreateBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  createBooking(argument: _course_v1_CreateBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  
  /**
   * Gives up a booking that is not paid for. A seat that was held is free again.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: it has ended already.
   */
  ExpireBooking(argument: _course_v1_ExpireBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  ExpireBooking(argument: _course_v1_ExpireBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  ExpireBooking(argument: _course_v1_ExpireBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  ExpireBooking(argument: _course_v1_ExpireBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  /**
   * Gives up a booking that is not paid for. A seat that was held is free again.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: it has ended already.
   */
  expireBooking(argument: _course_v1_ExpireBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  expireBooking(argument: _course_v1_ExpireBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  expireBooking(argument: _course_v1_ExpireBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  expireBooking(argument: _course_v1_ExpireBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  
  /**
   * Gets a booking as it is now, whatever its status.
   * INVALID_ARGUMENT; NOT_FOUND.
   */
  GetBooking(argument: _course_v1_GetBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  GetBooking(argument: _course_v1_GetBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  GetBooking(argument: _course_v1_GetBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  GetBooking(argument: _course_v1_GetBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  /**
   * Gets a booking as it is now, whatever its status.
   * INVALID_ARGUMENT; NOT_FOUND.
   */
  getBooking(argument: _course_v1_GetBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  getBooking(argument: _course_v1_GetBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  getBooking(argument: _course_v1_GetBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  getBooking(argument: _course_v1_GetBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  
  /**
   * Lists bookings, newest first. A page token goes with the filters that it was given for.
   * INVALID_ARGUMENT: a filter, the page size or the page token.
   */
  ListBookings(argument: _course_v1_ListBookingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  ListBookings(argument: _course_v1_ListBookingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  ListBookings(argument: _course_v1_ListBookingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  ListBookings(argument: _course_v1_ListBookingsRequest, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  /**
   * Lists bookings, newest first. A page token goes with the filters that it was given for.
   * INVALID_ARGUMENT: a filter, the page size or the page token.
   */
  listBookings(argument: _course_v1_ListBookingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  listBookings(argument: _course_v1_ListBookingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  listBookings(argument: _course_v1_ListBookingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  listBookings(argument: _course_v1_ListBookingsRequest, callback: grpc.requestCallback<Received_course_v1_ListBookingsResponse>): grpc.ClientUnaryCall;
  
  /**
   * Takes a seat and holds it until expires_at. Without a free seat the booking stays CREATED.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: sold out (reason SOLD_OUT), not CREATED, or the batch has ended.
   */
  ReserveBooking(argument: _course_v1_ReserveBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  ReserveBooking(argument: _course_v1_ReserveBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  ReserveBooking(argument: _course_v1_ReserveBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  ReserveBooking(argument: _course_v1_ReserveBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  /**
   * Takes a seat and holds it until expires_at. Without a free seat the booking stays CREATED.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: sold out (reason SOLD_OUT), not CREATED, or the batch has ended.
   */
  reserveBooking(argument: _course_v1_ReserveBookingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  reserveBooking(argument: _course_v1_ReserveBookingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  reserveBooking(argument: _course_v1_ReserveBookingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  reserveBooking(argument: _course_v1_ReserveBookingRequest, callback: grpc.requestCallback<Received_course_v1_Booking>): grpc.ClientUnaryCall;
  
}

/**
 * Bookings: from created to completed, one seat at a time.
 * 
 * CreateBooking, ReserveBooking, CompleteBooking and ExpireBooking can be sent again without a second effect when they
 * carry a key of the caller's choice in the metadata `idempotency-key`: 1 to 255 visible ASCII characters, remembered
 * for 24 hours. An answer that was given before has the metadata `idempotency-replayed: true`. A key that was used for
 * another request is INVALID_ARGUMENT with the reason IDEMPOTENCY_KEY_REUSED.
 */
export interface BookingServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Records the payment. A hold that is overdue becomes EXPIRED instead, and one in a batch that has ended FAILED.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: not RESERVED, overdue, or the batch has ended.
   */
  CompleteBooking: grpc.handleUnaryCall<Received_course_v1_CompleteBookingRequest, _course_v1_Booking>;
  
  /**
   * Notes who wants which seat at which price. The seat itself is taken by ReserveBooking.
   * INVALID_ARGUMENT; NOT_FOUND: the course or the batch; FAILED_PRECONDITION: sold out (reason SOLD_OUT), or
   * nothing is open for booking.
   */
  CreateBooking: grpc.handleUnaryCall<Received_course_v1_CreateBookingRequest, _course_v1_Booking>;
  
  /**
   * Gives up a booking that is not paid for. A seat that was held is free again.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: it has ended already.
   */
  ExpireBooking: grpc.handleUnaryCall<Received_course_v1_ExpireBookingRequest, _course_v1_Booking>;
  
  /**
   * Gets a booking as it is now, whatever its status.
   * INVALID_ARGUMENT; NOT_FOUND.
   */
  GetBooking: grpc.handleUnaryCall<Received_course_v1_GetBookingRequest, _course_v1_Booking>;
  
  /**
   * Lists bookings, newest first. A page token goes with the filters that it was given for.
   * INVALID_ARGUMENT: a filter, the page size or the page token.
   */
  ListBookings: grpc.handleUnaryCall<Received_course_v1_ListBookingsRequest, _course_v1_ListBookingsResponse>;
  
  /**
   * Takes a seat and holds it until expires_at. Without a free seat the booking stays CREATED.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: sold out (reason SOLD_OUT), not CREATED, or the batch has ended.
   */
  ReserveBooking: grpc.handleUnaryCall<Received_course_v1_ReserveBookingRequest, _course_v1_Booking>;
  
}

export interface BookingServiceDefinition extends grpc.ServiceDefinition {
  CompleteBooking: MethodDefinition<_course_v1_CompleteBookingRequest, _course_v1_Booking, Received_course_v1_CompleteBookingRequest, Received_course_v1_Booking>
  CreateBooking: MethodDefinition<_course_v1_CreateBookingRequest, _course_v1_Booking, Received_course_v1_CreateBookingRequest, Received_course_v1_Booking>
  ExpireBooking: MethodDefinition<_course_v1_ExpireBookingRequest, _course_v1_Booking, Received_course_v1_ExpireBookingRequest, Received_course_v1_Booking>
  GetBooking: MethodDefinition<_course_v1_GetBookingRequest, _course_v1_Booking, Received_course_v1_GetBookingRequest, Received_course_v1_Booking>
  ListBookings: MethodDefinition<_course_v1_ListBookingsRequest, _course_v1_ListBookingsResponse, Received_course_v1_ListBookingsRequest, Received_course_v1_ListBookingsResponse>
  ReserveBooking: MethodDefinition<_course_v1_ReserveBookingRequest, _course_v1_Booking, Received_course_v1_ReserveBookingRequest, Received_course_v1_Booking>
}
