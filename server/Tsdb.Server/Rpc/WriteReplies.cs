using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Server.Faults;
using RpcStatus = Google.Rpc.Status;
using Wire = Tsdb.Protocol.V1;

namespace Tsdb.Server.Rpc;

/// <summary>Outcomes of writes as replies: a refusal is an error that lists what was refused.</summary>
internal static class WriteReplies
{
    /// <summary>The reply, when nothing was refused.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: some rows were refused; the others are
    /// stored.</exception>
    public static WriteReply Of(WriteOutcome outcome)
    {
        WriteReply reply = new()
        {
            RowsStored = outcome.RowsStored,
            RowsRejected = outcome.RowsRejected,
            Durability = ToWire(outcome.Durability),
        };
        if (outcome.RowsRejected == 0)
        {
            return reply;
        }

        foreach (RowReject reject in outcome.Rejects)
        {
            reply.Rejects.Add(ToWire(reject));
        }

        RpcStatus status = new()
        {
            Code = (int)Grpc.Core.StatusCode.InvalidArgument,
            Message = $"partial write: {outcome.RowsRejected} rows refused, {outcome.RowsStored} stored; "
                + $"line {outcome.Rejects[0].LineNumber}: {RejectText.Of(outcome.Rejects[0])}",
        };
        status.Details.Add(Any.Pack(new WriteErrorDetail { Reply = reply }));
        throw status.ToRpcException();
    }

    /// <summary>One refusal.</summary>
    public static Reject ToWire(RowReject reject) => new()
    {
        Line = reject.LineNumber,
        Position = reject.Position,
        Reason = RejectText.NameOf(reject.Reason),
        Detail = reject.Detail ?? "",
    };

    public static Core.Durability FromWire(Wire.Durability durability) => durability switch
    {
        Wire.Durability.Unspecified or Wire.Durability.Fsync => Core.Durability.Fsync,
        Wire.Durability.Os => Core.Durability.Os,
        Wire.Durability.Memory => Core.Durability.Memory,
        _ => throw new RequestFaultException(FaultKind.Invalid, "the durability is unknown"),
    };

    private static Wire.Durability ToWire(Core.Durability durability) => durability switch
    {
        Core.Durability.Fsync => Wire.Durability.Fsync,
        Core.Durability.Os => Wire.Durability.Os,
        _ => Wire.Durability.Memory,
    };
}
