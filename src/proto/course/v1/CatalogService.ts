// Original file: proto/course/v1/course.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Course as _course_v1_Course, ReceivedCourse as Received_course_v1_Course } from '../../course/v1/Course.ts';
import type { CreateCourseRequest as _course_v1_CreateCourseRequest, ReceivedCreateCourseRequest as Received_course_v1_CreateCourseRequest } from '../../course/v1/CreateCourseRequest.ts';
import type { DeleteCourseRequest as _course_v1_DeleteCourseRequest, ReceivedDeleteCourseRequest as Received_course_v1_DeleteCourseRequest } from '../../course/v1/DeleteCourseRequest.ts';
import type { DeleteCourseResponse as _course_v1_DeleteCourseResponse, ReceivedDeleteCourseResponse as Received_course_v1_DeleteCourseResponse } from '../../course/v1/DeleteCourseResponse.ts';
import type { GetCourseRequest as _course_v1_GetCourseRequest, ReceivedGetCourseRequest as Received_course_v1_GetCourseRequest } from '../../course/v1/GetCourseRequest.ts';
import type { ListCoursesRequest as _course_v1_ListCoursesRequest, ReceivedListCoursesRequest as Received_course_v1_ListCoursesRequest } from '../../course/v1/ListCoursesRequest.ts';
import type { ListCoursesResponse as _course_v1_ListCoursesResponse, ReceivedListCoursesResponse as Received_course_v1_ListCoursesResponse } from '../../course/v1/ListCoursesResponse.ts';
import type { UpdateCourseRequest as _course_v1_UpdateCourseRequest, ReceivedUpdateCourseRequest as Received_course_v1_UpdateCourseRequest } from '../../course/v1/UpdateCourseRequest.ts';

/**
 * The catalog: courses, and the batches in which they are held.
 * 
 * Every failure has a google.rpc.ErrorInfo among the details of its status; its reason is INVALID, NOT_FOUND,
 * CONFLICT and so on. INVALID_ARGUMENT has a google.rpc.BadRequest as well, which names each field at fault.
 */
export interface CatalogServiceClient extends grpc.Client {
  /**
   * Creates a course and its batches.
   * INVALID_ARGUMENT; FAILED_PRECONDITION: the slug belongs to another course.
   */
  CreateCourse(argument: _course_v1_CreateCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  CreateCourse(argument: _course_v1_CreateCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  CreateCourse(argument: _course_v1_CreateCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  CreateCourse(argument: _course_v1_CreateCourseRequest, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  /**
   * Creates a course and its batches.
   * INVALID_ARGUMENT; FAILED_PRECONDITION: the slug belongs to another course.
   */
  createCourse(argument: _course_v1_CreateCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  createCourse(argument: _course_v1_CreateCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  createCourse(argument: _course_v1_CreateCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  createCourse(argument: _course_v1_CreateCourseRequest, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  
  /**
   * Deletes a course without live bookings. Its slug is free again at once.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: it has bookings that are created or reserved.
   */
  DeleteCourse(argument: _course_v1_DeleteCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  DeleteCourse(argument: _course_v1_DeleteCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  DeleteCourse(argument: _course_v1_DeleteCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  DeleteCourse(argument: _course_v1_DeleteCourseRequest, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  /**
   * Deletes a course without live bookings. Its slug is free again at once.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: it has bookings that are created or reserved.
   */
  deleteCourse(argument: _course_v1_DeleteCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  deleteCourse(argument: _course_v1_DeleteCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  deleteCourse(argument: _course_v1_DeleteCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  deleteCourse(argument: _course_v1_DeleteCourseRequest, callback: grpc.requestCallback<Received_course_v1_DeleteCourseResponse>): grpc.ClientUnaryCall;
  
  /**
   * Gets a course with its batches and the seats that are free.
   * INVALID_ARGUMENT; NOT_FOUND.
   */
  GetCourse(argument: _course_v1_GetCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  GetCourse(argument: _course_v1_GetCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  GetCourse(argument: _course_v1_GetCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  GetCourse(argument: _course_v1_GetCourseRequest, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  /**
   * Gets a course with its batches and the seats that are free.
   * INVALID_ARGUMENT; NOT_FOUND.
   */
  getCourse(argument: _course_v1_GetCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  getCourse(argument: _course_v1_GetCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  getCourse(argument: _course_v1_GetCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  getCourse(argument: _course_v1_GetCourseRequest, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  
  /**
   * Lists courses, newest first. A walk from page to page meets every course once, whatever is added meanwhile.
   * INVALID_ARGUMENT: the page size or the page token.
   */
  ListCourses(argument: _course_v1_ListCoursesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  ListCourses(argument: _course_v1_ListCoursesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  ListCourses(argument: _course_v1_ListCoursesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  ListCourses(argument: _course_v1_ListCoursesRequest, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  /**
   * Lists courses, newest first. A walk from page to page meets every course once, whatever is added meanwhile.
   * INVALID_ARGUMENT: the page size or the page token.
   */
  listCourses(argument: _course_v1_ListCoursesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  listCourses(argument: _course_v1_ListCoursesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  listCourses(argument: _course_v1_ListCoursesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  listCourses(argument: _course_v1_ListCoursesRequest, callback: grpc.requestCallback<Received_course_v1_ListCoursesResponse>): grpc.ClientUnaryCall;
  
  /**
   * Changes the fields that are given and no others; at least one.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: the slug belongs to another course.
   */
  UpdateCourse(argument: _course_v1_UpdateCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  UpdateCourse(argument: _course_v1_UpdateCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  UpdateCourse(argument: _course_v1_UpdateCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  UpdateCourse(argument: _course_v1_UpdateCourseRequest, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  /**
   * Changes the fields that are given and no others; at least one.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: the slug belongs to another course.
   */
  updateCourse(argument: _course_v1_UpdateCourseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  updateCourse(argument: _course_v1_UpdateCourseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  updateCourse(argument: _course_v1_UpdateCourseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  updateCourse(argument: _course_v1_UpdateCourseRequest, callback: grpc.requestCallback<Received_course_v1_Course>): grpc.ClientUnaryCall;
  
}

/**
 * The catalog: courses, and the batches in which they are held.
 * 
 * Every failure has a google.rpc.ErrorInfo among the details of its status; its reason is INVALID, NOT_FOUND,
 * CONFLICT and so on. INVALID_ARGUMENT has a google.rpc.BadRequest as well, which names each field at fault.
 */
export interface CatalogServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Creates a course and its batches.
   * INVALID_ARGUMENT; FAILED_PRECONDITION: the slug belongs to another course.
   */
  CreateCourse: grpc.handleUnaryCall<Received_course_v1_CreateCourseRequest, _course_v1_Course>;
  
  /**
   * Deletes a course without live bookings. Its slug is free again at once.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: it has bookings that are created or reserved.
   */
  DeleteCourse: grpc.handleUnaryCall<Received_course_v1_DeleteCourseRequest, _course_v1_DeleteCourseResponse>;
  
  /**
   * Gets a course with its batches and the seats that are free.
   * INVALID_ARGUMENT; NOT_FOUND.
   */
  GetCourse: grpc.handleUnaryCall<Received_course_v1_GetCourseRequest, _course_v1_Course>;
  
  /**
   * Lists courses, newest first. A walk from page to page meets every course once, whatever is added meanwhile.
   * INVALID_ARGUMENT: the page size or the page token.
   */
  ListCourses: grpc.handleUnaryCall<Received_course_v1_ListCoursesRequest, _course_v1_ListCoursesResponse>;
  
  /**
   * Changes the fields that are given and no others; at least one.
   * INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION: the slug belongs to another course.
   */
  UpdateCourse: grpc.handleUnaryCall<Received_course_v1_UpdateCourseRequest, _course_v1_Course>;
  
}

export interface CatalogServiceDefinition extends grpc.ServiceDefinition {
  CreateCourse: MethodDefinition<_course_v1_CreateCourseRequest, _course_v1_Course, Received_course_v1_CreateCourseRequest, Received_course_v1_Course>
  DeleteCourse: MethodDefinition<_course_v1_DeleteCourseRequest, _course_v1_DeleteCourseResponse, Received_course_v1_DeleteCourseRequest, Received_course_v1_DeleteCourseResponse>
  GetCourse: MethodDefinition<_course_v1_GetCourseRequest, _course_v1_Course, Received_course_v1_GetCourseRequest, Received_course_v1_Course>
  ListCourses: MethodDefinition<_course_v1_ListCoursesRequest, _course_v1_ListCoursesResponse, Received_course_v1_ListCoursesRequest, Received_course_v1_ListCoursesResponse>
  UpdateCourse: MethodDefinition<_course_v1_UpdateCourseRequest, _course_v1_Course, Received_course_v1_UpdateCourseRequest, Received_course_v1_Course>
}
