import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetHopRequest as _course_v1_GetHopRequest, ReceivedGetHopRequest as Received_course_v1_GetHopRequest } from './course/v1/GetHopRequest.ts';
import type { Hop as _course_v1_Hop, ReceivedHop as Received_course_v1_Hop } from './course/v1/Hop.ts';
import type { HopServiceClient as _course_v1_HopServiceClient, HopServiceDefinition as _course_v1_HopServiceDefinition } from './course/v1/HopService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  course: {
    v1: {
      GetHopRequest: MessageTypeDefinition<_course_v1_GetHopRequest, Received_course_v1_GetHopRequest>
      Hop: MessageTypeDefinition<_course_v1_Hop, Received_course_v1_Hop>
      /**
       * For GET /propagation: what reaches this service of a caller's context.
       */
      HopService: SubtypeConstructor<typeof grpc.Client, _course_v1_HopServiceClient> & { service: _course_v1_HopServiceDefinition }
    }
  }
}

