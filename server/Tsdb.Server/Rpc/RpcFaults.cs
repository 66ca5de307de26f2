using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Protocol.V1;
using Tsdb.Server.Faults;
using Tsdb.Server.Telemetry;
using RpcStatus = Google.Rpc.Status;
using Status = Grpc.Core.Status;

namespace Tsdb.Server.Rpc;

/// <summary>
/// Turns what a service throws into a status with details; stops the process when it is a bug of ours.
/// </summary>
internal sealed class RpcFaults(ILogger<RpcFaults> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception fault)
        {
            throw Report(fault, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception fault)
        {
            throw Report(fault, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception fault)
        {
            throw Report(fault, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception fault)
        {
            throw Report(fault, context);
        }
    }

    private RpcException Report(Exception fault, ServerCallContext context)
    {
        switch (fault)
        {
            case RpcException known:
                return known;
            case InvariantViolatedException violated:
                ProcessStop.Now(logger, violated);
                break;
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(Grpc.Core.StatusCode.Cancelled, "the call was cancelled"));
        }

        RequestFault reply = RequestFault.Of(fault);
        if (reply.Kind == FaultKind.Internal)
        {
            ServerLog.RequestFailed(logger, context.Method, fault);
        }

        RpcStatus status = new() { Code = (int)reply.RpcStatus, Message = reply.Message };
        if (reply.Sql is { } sql)
        {
            status.Details.Add(Any.Pack(new SqlErrorDetail
            {
                Line = sql.Line,
                Column = sql.Column,
                Position = sql.Position,
                Hint = sql.Hint ?? "",
            }));
        }

        if (reply.RetryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }

        return status.ToRpcException();
    }
}
