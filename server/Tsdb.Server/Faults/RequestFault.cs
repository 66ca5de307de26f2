using Grpc.Core;
using Tsdb.Engine;
using Tsdb.Query;
using Tsdb.Query.Arrow.Reading;
using Tsdb.Storage;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Faults;

/// <summary>What went wrong with a request, in the form that every protocol reports.</summary>
/// <param name="Kind">Decides the status.</param>
/// <param name="Message">For the sender.</param>
internal sealed record RequestFault(FaultKind Kind, string Message)
{
    private static readonly TimeSpan _memoryRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Where in the statement; null when it is not about a statement.</summary>
    public SqlException? Sql { get; init; }

    /// <summary>When the same request may be taken; null when there is no telling.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status.</summary>
    public int HttpStatus => Kind switch
    {
        FaultKind.Invalid => 400,
        FaultKind.NotFound => 404,
        FaultKind.TooLarge => 413,
        FaultKind.UnknownEncoding => 415,
        FaultKind.LimitReached => 422,
        FaultKind.Unavailable or FaultKind.MemoryShort => 503,
        FaultKind.StorageFull => 507,
        _ => 500,
    };

    /// <summary>The gRPC status.</summary>
    public StatusCode RpcStatus => Kind switch
    {
        FaultKind.Invalid or FaultKind.UnknownEncoding => StatusCode.InvalidArgument,
        FaultKind.NotFound => StatusCode.NotFound,
        FaultKind.TooLarge or FaultKind.LimitReached or FaultKind.StorageFull or FaultKind.MemoryShort =>
            StatusCode.ResourceExhausted,
        FaultKind.Unavailable => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };

    /// <summary>The fault that an exception means.</summary>
    public static RequestFault Of(Exception exception) => exception switch
    {
        SqlException sql => new(FaultKind.Invalid, sql.Detail) { Sql = sql },
        QueryLimitException { Limit: QueryLimit.SharedMemory } => MemoryShort(exception.Message, null),
        QueryLimitException => new(FaultKind.LimitReached, exception.Message),
        RequestFaultException fault => new(fault.Kind, fault.Message),
        ArrowInputException or InvalidDatabaseNameException => new(FaultKind.Invalid, exception.Message),
        StorageClosedException { Refusal: StorageRefusal.MemoryFull } full =>
            MemoryShort(full.Message, full.RetryAfter),
        StorageClosedException refused => new(
            refused.Refusal == StorageRefusal.DiskFull ? FaultKind.StorageFull : FaultKind.Unavailable,
            refused.Message)
        {
            RetryAfter = refused.RetryAfter,
        },
        BackupException refused => new(KindOf(refused.Fault), refused.Message),
        OutOfMemoryException => MemoryShort("the server is short of memory", null),
        _ => new(FaultKind.Internal, $"{exception.GetType().Name}: {exception.Message}"),
    };

    private static RequestFault MemoryShort(string message, TimeSpan? retryAfter) =>
        new(FaultKind.MemoryShort, $"{message}; come back later, or raise --memory-limit")
        {
            RetryAfter = retryAfter ?? _memoryRetryAfter,
        };

    private static FaultKind KindOf(BackupFault fault) => fault switch
    {
        BackupFault.NameInvalid or BackupFault.NameTaken or BackupFault.TargetRefused => FaultKind.Invalid,
        BackupFault.NotFound => FaultKind.NotFound,
        BackupFault.Busy or BackupFault.TargetFailed => FaultKind.Unavailable,
        _ => FaultKind.Internal,
    };
}
