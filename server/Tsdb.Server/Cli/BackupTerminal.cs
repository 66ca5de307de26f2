using System.Globalization;
using System.Text;
using Tsdb.Client;
using Tsdb.Server.Results;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Cli;

/// <summary>What the commands about backups say: results on standard output, progress on standard
/// error.</summary>
internal sealed class BackupTerminal(string command)
{
    private string _phase = "";
    private long _shownPercent;

    /// <summary>Says how far it is, for each phase and each tenth of one.</summary>
    public void Show(string phase, long doneCount, long totalCount, long movedSizeBytes)
    {
        long percent = totalCount == 0 ? 0 : doneCount * 100 / totalCount;
        if (phase == _phase && percent < _shownPercent + 10)
        {
            return;
        }

        _phase = phase;
        _shownPercent = percent;
        Console.Error.WriteLine(totalCount == 0
            ? $"{phase} …"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{phase}: {doneCount} of {totalCount} files, {movedSizeBytes} bytes moved"));
    }

    /// <summary>Runs an action; its ordinary failures become a line and an exit code.</summary>
    public async Task<int> RunAsync(Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception fault) when (
            fault is IOException or UnauthorizedAccessException or TsdbException or ArgumentException)
        {
            return Fail(fault.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail("stopped; called again, it goes on with what is there");
        }
    }

    /// <summary>Says why it was not done.</summary>
    public int Fail(string reason)
    {
        Console.Error.WriteLine($"tsdb {command}: {reason}");
        return CommandLine.Failure;
    }

    /// <summary>One line about a backup.</summary>
    public static string Describe(BackupManifest backup) => string.Create(
        CultureInfo.InvariantCulture,
        $"{backup.Id}\tuntil {TimeOf(backup.Snapshot.CommitTimeNs)}\tlsn {backup.Snapshot.Lsn}\t"
        + $"{backup.Entries.Count} files\t{backup.SizeBytes} bytes");

    /// <summary>A time as results have it.</summary>
    public static string TimeOf(long unixNs)
    {
        Span<byte> text = stackalloc byte[Rfc3339.SizeBytes];
        Rfc3339.Write(unixNs, text);
        return Encoding.ASCII.GetString(text);
    }
}
