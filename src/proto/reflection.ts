import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ErrorResponse as _grpc_reflection_v1_ErrorResponse, ReceivedErrorResponse as Received_grpc_reflection_v1_ErrorResponse } from './grpc/reflection/v1/ErrorResponse.ts';
import type { ExtensionNumberResponse as _grpc_reflection_v1_ExtensionNumberResponse, ReceivedExtensionNumberResponse as Received_grpc_reflection_v1_ExtensionNumberResponse } from './grpc/reflection/v1/ExtensionNumberResponse.ts';
import type { ExtensionRequest as _grpc_reflection_v1_ExtensionRequest, ReceivedExtensionRequest as Received_grpc_reflection_v1_ExtensionRequest } from './grpc/reflection/v1/ExtensionRequest.ts';
import type { FileDescriptorResponse as _grpc_reflection_v1_FileDescriptorResponse, ReceivedFileDescriptorResponse as Received_grpc_reflection_v1_FileDescriptorResponse } from './grpc/reflection/v1/FileDescriptorResponse.ts';
import type { ListServiceResponse as _grpc_reflection_v1_ListServiceResponse, ReceivedListServiceResponse as Received_grpc_reflection_v1_ListServiceResponse } from './grpc/reflection/v1/ListServiceResponse.ts';
import type { ServerReflectionClient as _grpc_reflection_v1_ServerReflectionClient, ServerReflectionDefinition as _grpc_reflection_v1_ServerReflectionDefinition } from './grpc/reflection/v1/ServerReflection.ts';
import type { ServerReflectionRequest as _grpc_reflection_v1_ServerReflectionRequest, ReceivedServerReflectionRequest as Received_grpc_reflection_v1_ServerReflectionRequest } from './grpc/reflection/v1/ServerReflectionRequest.ts';
import type { ServerReflectionResponse as _grpc_reflection_v1_ServerReflectionResponse, ReceivedServerReflectionResponse as Received_grpc_reflection_v1_ServerReflectionResponse } from './grpc/reflection/v1/ServerReflectionResponse.ts';
import type { ServiceResponse as _grpc_reflection_v1_ServiceResponse, ReceivedServiceResponse as Received_grpc_reflection_v1_ServiceResponse } from './grpc/reflection/v1/ServiceResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  grpc: {
    reflection: {
      v1: {
        ErrorResponse: MessageTypeDefinition<_grpc_reflection_v1_ErrorResponse, Received_grpc_reflection_v1_ErrorResponse>
        ExtensionNumberResponse: MessageTypeDefinition<_grpc_reflection_v1_ExtensionNumberResponse, Received_grpc_reflection_v1_ExtensionNumberResponse>
        ExtensionRequest: MessageTypeDefinition<_grpc_reflection_v1_ExtensionRequest, Received_grpc_reflection_v1_ExtensionRequest>
        FileDescriptorResponse: MessageTypeDefinition<_grpc_reflection_v1_FileDescriptorResponse, Received_grpc_reflection_v1_FileDescriptorResponse>
        ListServiceResponse: MessageTypeDefinition<_grpc_reflection_v1_ListServiceResponse, Received_grpc_reflection_v1_ListServiceResponse>
        /**
         * Tells clients what services there are and what their messages look like.
         */
        ServerReflection: SubtypeConstructor<typeof grpc.Client, _grpc_reflection_v1_ServerReflectionClient> & { service: _grpc_reflection_v1_ServerReflectionDefinition }
        ServerReflectionRequest: MessageTypeDefinition<_grpc_reflection_v1_ServerReflectionRequest, Received_grpc_reflection_v1_ServerReflectionRequest>
        ServerReflectionResponse: MessageTypeDefinition<_grpc_reflection_v1_ServerReflectionResponse, Received_grpc_reflection_v1_ServerReflectionResponse>
        ServiceResponse: MessageTypeDefinition<_grpc_reflection_v1_ServiceResponse, Received_grpc_reflection_v1_ServiceResponse>
      }
    }
  }
}

