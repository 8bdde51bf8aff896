// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * A service.
 */
export interface ServiceResponse {
  /**
   * Its full name: course.v1.CatalogService.
   */
  'name'?: (string);
}

/**
 * A service.
 */
export interface ReceivedServiceResponse {
  /**
   * Its full name: course.v1.CatalogService.
   */
  'name': (string);
}
