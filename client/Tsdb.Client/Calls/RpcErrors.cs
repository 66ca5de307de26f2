using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tsdb.Protocol.V1;
using RpcStatus = Google.Rpc.Status;

namespace Tsdb.Client.Calls;

/// <summary>Turns gRPC's errors into ours, by the details that the server sends.</summary>
internal static class RpcErrors
{
    public static Exception Translate(RpcException fault)
    {
        if (fault.StatusCode == StatusCode.Cancelled)
        {
            // The caller does not cancel by way of the server: that resets a call whose deadline passed there
            // before our own timer ran out.
            if (fault.Status.DebugException is HttpProtocolException)
            {
                const string Message = "the call took longer than its time limit";
                return new TsdbException(Message, nameof(StatusCode.DeadlineExceeded), fault);
            }

            return new OperationCanceledException(fault.Status.Detail, fault);
        }

        RpcStatus? status = fault.GetRpcStatus();
        foreach (Any detail in status?.Details ?? [])
        {
            if (detail.TryUnpack(out SqlErrorDetail sql))
            {
                return new TsdbQueryException(
                    fault.Status.Detail,
                    sql.Line,
                    sql.Column,
                    sql.Position,
                    sql.Hint.Length > 0 ? sql.Hint : null,
                    fault);
            }

            if (detail.TryUnpack(out WriteErrorDetail write))
            {
                return new TsdbWriteException(fault.Status.Detail, ToOutcome(write.Reply), fault);
            }
        }

        // What the channel says of itself ("error connecting to subchannel") helps nobody; its cause does.
        string message = fault is { StatusCode: StatusCode.Unavailable, Status.DebugException: { } cause }
            ? $"the server cannot be reached: {cause.Message}"
            : fault.Status.Detail;
        return new TsdbException(message, fault.StatusCode.ToString(), fault);
    }

    /// <summary>Whether the server has said when the same call may succeed.</summary>
    public static bool IsForLater(RpcException fault) =>
        fault.StatusCode == StatusCode.ResourceExhausted
        && fault.GetRpcStatus()?.GetDetail<Google.Rpc.RetryInfo>() is not null;

    /// <summary>A stream that ended well, but without its last message.</summary>
    public static Exception EndedEarly() => Translate(new RpcException(new Status(
        StatusCode.Aborted, "the server ended the call before it was done")));

    public static TsdbWriteOutcome ToOutcome(StreamOutcome reply) => new(
        reply.RowsStored, reply.RowsRejected, [.. reply.Rejects.Select(ToReject)]);

    private static TsdbReject ToReject(Reject reject) =>
        new(reject.Line, reject.Position, reject.Reason, reject.Detail);

    public static TsdbWriteOutcome ToOutcome(WriteReply reply) => new(
        reply.RowsStored,
        reply.RowsRejected,
        [.. reply.Rejects.Select(ToReject)]);
}
