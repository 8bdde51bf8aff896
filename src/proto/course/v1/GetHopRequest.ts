// Original file: proto/course/v1/hop.proto


/**
 * What matters is the metadata.
 */
export interface GetHopRequest {
}

/**
 * What matters is the metadata.
 */
export interface ReceivedGetHopRequest {
}
