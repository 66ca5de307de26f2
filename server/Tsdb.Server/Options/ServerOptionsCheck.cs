using System.Net;

namespace Tsdb.Server.Options;

/// <summary>Refuses options that cannot work, before anything is opened.</summary>
internal static class ServerOptionsCheck
{
    // The runtime, compiled code and one memtable take most of it.
    private const long MemoryLimitBytesMin = 256L << 20;

    /// <summary>Reads the option <c>--memory-limit</c>.</summary>
    /// <exception cref="ServerOptionsException">It is no size.</exception>
    public static long ReadMemoryLimit(string text) => MemorySize.TryParse(text, out long sizeBytes)
        ? sizeBytes
        : throw new ServerOptionsException($"--memory-limit: '{text}' is no size, as 536870912, 512M or 8G");

    /// <summary>A span of time that an option gives in seconds.</summary>
    /// <exception cref="ServerOptionsException">It is none.</exception>
    public static TimeSpan ReadSeconds(string option, double? seconds, TimeSpan usual) => seconds switch
    {
        null => usual,
        >= 0 and <= 36_500 * 86_400.0 => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new ServerOptionsException($"{option}: {seconds} is not between 0 s and 100 years"),
    };

    /// <summary>The address to listen on.</summary>
    /// <exception cref="ServerOptionsException">An option is wrong.</exception>
    public static IPAddress Validate(ServerOptions options)
    {
        if (options.DataDirectory.Length == 0)
        {
            throw new ServerOptionsException("--data: the data directory is missing");
        }

        CheckPort("--http-port", options.HttpPort);
        CheckPort("--grpc-port", options.GrpcPort);
        CheckPort("--ilp-port", options.IlpPort);
        if (options.MemoryLimitBytes < MemoryLimitBytesMin)
        {
            throw new ServerOptionsException(
                $"--memory-limit: {options.MemoryLimitBytes} bytes are too few; the least is "
                + $"{MemoryLimitBytesMin} (256M)");
        }

        CheckPositive("httpConnectionCountMax", options.HttpConnectionCountMax);
        CheckPositive("ilpConnectionCountMax", options.IlpConnectionCountMax);
        CheckPositive("writeSizeBytesMax", options.WriteSizeBytesMax);
        CheckPositive("messageSizeBytesMax", options.MessageSizeBytesMax);
        CheckPositive("arrowBodySizeBytesMax", options.ArrowBodySizeBytesMax);
        CheckPositive("arrowDictionarySizeBytesMax", options.ArrowDictionarySizeBytesMax);
        CheckPositive("streamWindowCountMax", options.StreamWindowCountMax);
        CheckPositive("queryMemoryBytesMax", options.QueryMemoryBytesMax);
        CheckAtLeast("queryRowCountMax", options.QueryRowCountMax, 1);
        CheckPositive("unarchivedLogSizeBytesMax", options.UnarchivedLogSizeBytesMax);
        CheckAtLeast("archiveSecondsMax", (long)options.ArchiveInterval.TotalSeconds, 1);
        CheckAtLeast("memtableSizeBytesMax", options.MemtableSizeBytesMax, 1L << 20);
        CheckAtLeast("memtableCellCountMax", options.MemtableCellCountMax, 1);
        CheckAtLeast("walSizeBytesMax", options.WalSizeBytesMax, options.Storage.WalFileSizeBytes);
        CheckStorage(options);
        string host = options.Bind == "localhost" ? "127.0.0.1" : options.Bind;
        if (!IPAddress.TryParse(host, out IPAddress? address))
        {
            throw new ServerOptionsException($"bind: '{options.Bind}' is not an IP address");
        }

        return IPAddress.IsLoopback(address)
            ? address
            : throw new ServerOptionsException(
                $"bind: {options.Bind} is not a loopback address; "
                + "binding elsewhere needs tokens, which do not exist yet");
    }

    private static void CheckStorage(ServerOptions options)
    {
        try
        {
            options.Storage.Validate();
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new ServerOptionsException(fault.Message, fault);
        }
    }

    private static void CheckPort(string option, int port)
    {
        if (port is < 0 or > 65535)
        {
            throw new ServerOptionsException($"{option}: {port} is not a port (0 to 65535)");
        }
    }

    private static void CheckAtLeast(string option, long? value, long minimum)
    {
        if (value < minimum)
        {
            throw new ServerOptionsException($"{option}: {value} must be at least {minimum}");
        }
    }

    private static void CheckPositive(string option, long value)
    {
        if (value <= 0)
        {
            throw new ServerOptionsException($"{option}: {value} must be positive");
        }
    }
}
