import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Batch as _course_v1_Batch, ReceivedBatch as Received_course_v1_Batch } from './course/v1/Batch.ts';
import type { Booking as _course_v1_Booking, ReceivedBooking as Received_course_v1_Booking } from './course/v1/Booking.ts';
import type { BookingServiceClient as _course_v1_BookingServiceClient, BookingServiceDefinition as _course_v1_BookingServiceDefinition } from './course/v1/BookingService.ts';
import type { CatalogServiceClient as _course_v1_CatalogServiceClient, CatalogServiceDefinition as _course_v1_CatalogServiceDefinition } from './course/v1/CatalogService.ts';
import type { CompleteBookingRequest as _course_v1_CompleteBookingRequest, ReceivedCompleteBookingRequest as Received_course_v1_CompleteBookingRequest } from './course/v1/CompleteBookingRequest.ts';
import type { Course as _course_v1_Course, ReceivedCourse as Received_course_v1_Course } from './course/v1/Course.ts';
import type { CreateBookingRequest as _course_v1_CreateBookingRequest, ReceivedCreateBookingRequest as Received_course_v1_CreateBookingRequest } from './course/v1/CreateBookingRequest.ts';
import type { CreateCourseRequest as _course_v1_CreateCourseRequest, ReceivedCreateCourseRequest as Received_course_v1_CreateCourseRequest } from './course/v1/CreateCourseRequest.ts';
import type { Customer as _course_v1_Customer, ReceivedCustomer as Received_course_v1_Customer } from './course/v1/Customer.ts';
import type { DeleteCourseRequest as _course_v1_DeleteCourseRequest, ReceivedDeleteCourseRequest as Received_course_v1_DeleteCourseRequest } from './course/v1/DeleteCourseRequest.ts';
import type { DeleteCourseResponse as _course_v1_DeleteCourseResponse, ReceivedDeleteCourseResponse as Received_course_v1_DeleteCourseResponse } from './course/v1/DeleteCourseResponse.ts';
import type { ExpireBookingRequest as _course_v1_ExpireBookingRequest, ReceivedExpireBookingRequest as Received_course_v1_ExpireBookingRequest } from './course/v1/ExpireBookingRequest.ts';
import type { GetBookingRequest as _course_v1_GetBookingRequest, ReceivedGetBookingRequest as Received_course_v1_GetBookingRequest } from './course/v1/GetBookingRequest.ts';
import type { GetCourseRequest as _course_v1_GetCourseRequest, ReceivedGetCourseRequest as Received_course_v1_GetCourseRequest } from './course/v1/GetCourseRequest.ts';
import type { ListBookingsRequest as _course_v1_ListBookingsRequest, ReceivedListBookingsRequest as Received_course_v1_ListBookingsRequest } from './course/v1/ListBookingsRequest.ts';
import type { ListBookingsResponse as _course_v1_ListBookingsResponse, ReceivedListBookingsResponse as Received_course_v1_ListBookingsResponse } from './course/v1/ListBookingsResponse.ts';
import type { ListCoursesRequest as _course_v1_ListCoursesRequest, ReceivedListCoursesRequest as Received_course_v1_ListCoursesRequest } from './course/v1/ListCoursesRequest.ts';
import type { ListCoursesResponse as _course_v1_ListCoursesResponse, ReceivedListCoursesResponse as Received_course_v1_ListCoursesResponse } from './course/v1/ListCoursesResponse.ts';
import type { NewBatch as _course_v1_NewBatch, ReceivedNewBatch as Received_course_v1_NewBatch } from './course/v1/NewBatch.ts';
import type { ReserveBookingRequest as _course_v1_ReserveBookingRequest, ReceivedReserveBookingRequest as Received_course_v1_ReserveBookingRequest } from './course/v1/ReserveBookingRequest.ts';
import type { UpdateCourseRequest as _course_v1_UpdateCourseRequest, ReceivedUpdateCourseRequest as Received_course_v1_UpdateCourseRequest } from './course/v1/UpdateCourseRequest.ts';
import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  course: {
    v1: {
      Batch: MessageTypeDefinition<_course_v1_Batch, Received_course_v1_Batch>
      Booking: MessageTypeDefinition<_course_v1_Booking, Received_course_v1_Booking>
      /**
       * Bookings: from created to completed, one seat at a time.
       * 
       * CreateBooking, ReserveBooking, CompleteBooking and ExpireBooking can be sent again without a second effect when they
       * carry a key of the caller's choice in the metadata `idempotency-key`: 1 to 255 visible ASCII characters, remembered
       * for 24 hours. An answer that was given before has the metadata `idempotency-replayed: true`. A key that was used for
       * another request is INVALID_ARGUMENT with the reason IDEMPOTENCY_KEY_REUSED.
       */
      BookingService: SubtypeConstructor<typeof grpc.Client, _course_v1_BookingServiceClient> & { service: _course_v1_BookingServiceDefinition }
      BookingStatus: EnumTypeDefinition
      /**
       * The catalog: courses, and the batches in which they are held.
       * 
       * Every failure has a google.rpc.ErrorInfo among the details of its status; its reason is INVALID, NOT_FOUND,
       * CONFLICT and so on. INVALID_ARGUMENT has a google.rpc.BadRequest as well, which names each field at fault.
       */
      CatalogService: SubtypeConstructor<typeof grpc.Client, _course_v1_CatalogServiceClient> & { service: _course_v1_CatalogServiceDefinition }
      CompleteBookingRequest: MessageTypeDefinition<_course_v1_CompleteBookingRequest, Received_course_v1_CompleteBookingRequest>
      Course: MessageTypeDefinition<_course_v1_Course, Received_course_v1_Course>
      CreateBookingRequest: MessageTypeDefinition<_course_v1_CreateBookingRequest, Received_course_v1_CreateBookingRequest>
      CreateCourseRequest: MessageTypeDefinition<_course_v1_CreateCourseRequest, Received_course_v1_CreateCourseRequest>
      Customer: MessageTypeDefinition<_course_v1_Customer, Received_course_v1_Customer>
      DeleteCourseRequest: MessageTypeDefinition<_course_v1_DeleteCourseRequest, Received_course_v1_DeleteCourseRequest>
      DeleteCourseResponse: MessageTypeDefinition<_course_v1_DeleteCourseResponse, Received_course_v1_DeleteCourseResponse>
      ExpireBookingRequest: MessageTypeDefinition<_course_v1_ExpireBookingRequest, Received_course_v1_ExpireBookingRequest>
      GetBookingRequest: MessageTypeDefinition<_course_v1_GetBookingRequest, Received_course_v1_GetBookingRequest>
      GetCourseRequest: MessageTypeDefinition<_course_v1_GetCourseRequest, Received_course_v1_GetCourseRequest>
      ListBookingsRequest: MessageTypeDefinition<_course_v1_ListBookingsRequest, Received_course_v1_ListBookingsRequest>
      ListBookingsResponse: MessageTypeDefinition<_course_v1_ListBookingsResponse, Received_course_v1_ListBookingsResponse>
      ListCoursesRequest: MessageTypeDefinition<_course_v1_ListCoursesRequest, Received_course_v1_ListCoursesRequest>
      ListCoursesResponse: MessageTypeDefinition<_course_v1_ListCoursesResponse, Received_course_v1_ListCoursesResponse>
      NewBatch: MessageTypeDefinition<_course_v1_NewBatch, Received_course_v1_NewBatch>
      ReserveBookingRequest: MessageTypeDefinition<_course_v1_ReserveBookingRequest, Received_course_v1_ReserveBookingRequest>
      UpdateCourseRequest: MessageTypeDefinition<_course_v1_UpdateCourseRequest, Received_course_v1_UpdateCourseRequest>
    }
  }
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, Received_google_protobuf_Timestamp>
    }
  }
}

