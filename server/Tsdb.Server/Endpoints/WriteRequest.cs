using Microsoft.AspNetCore.Http;
using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Server.Faults;

namespace Tsdb.Server.Endpoints;

/// <summary>What a line protocol request asks for, whichever product's form it has.</summary>
/// <param name="Database">InfluxDB 1's <c>db</c> or InfluxDB 2's <c>bucket</c>; null when none is
/// named.</param>
/// <param name="Precision">Unit of the timestamps.</param>
/// <param name="Durability">From the parameter or the header <c>X-Tsdb-Durability</c>; fsync by
/// default.</param>
internal sealed record WriteRequest(string? Database, TimestampPrecision Precision, Durability Durability)
{
    public const string DurabilityHeader = "X-Tsdb-Durability";

    // Ours, and those that senders for InfluxDB add of their own accord; the latter mean nothing here.
    private static readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase)
    {
        "db", "bucket", "database", "precision", "durability",
        "org", "orgID", "u", "p", "rp", "consistency", "no_sync", "accept_partial",
    };

    public static WriteRequest Of(HttpRequest request)
    {
        foreach (string name in request.Query.Keys)
        {
            // A misspelt database would put the rows elsewhere, and say that all is well.
            if (!_known.Contains(name))
            {
                throw new RequestFaultException(
                    FaultKind.Invalid, $"unknown parameter '{name}'; known are db, precision and durability");
            }
        }

        string? database = Find(request, "db") ?? Find(request, "bucket") ?? Find(request, "database");
        string precision = Find(request, "precision") ?? "ns";
        if (!TimestampPrecisions.TryParse(precision, out TimestampPrecision parsed))
        {
            throw new RequestFaultException(
                FaultKind.Invalid, $"precision '{precision}' is not one of ns, us, ms, s, m, h");
        }

        string? header = request.Headers[DurabilityHeader];
        return new WriteRequest(database, parsed, ToDurability(Find(request, "durability") ?? header));
    }

    /// <summary>What a durability is called in requests and replies.</summary>
    public static string NameOf(Durability durability) => durability switch
    {
        Durability.Fsync => "fsync",
        Durability.Os => "os",
        _ => "memory",
    };

    private static Durability ToDurability(string? name) => name switch
    {
        null or "" or "fsync" => Durability.Fsync,
        "os" => Durability.Os,
        "memory" => Durability.Memory,
        _ => throw new RequestFaultException(
            FaultKind.Invalid, $"durability '{name}' is not one of fsync, os, memory"),
    };

    private static string? Find(HttpRequest request, string name)
    {
        string value = request.Query[name].ToString();
        return value.Length == 0 ? null : value;
    }
}
