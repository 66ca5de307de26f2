using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tsdb.Bench.Workload.Targets;

/// <summary>A started server with its temporary folder; both are gone after Dispose.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan _stopMax = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly bool _ownsFolder;

    private ServerProcess(Process process, string folder, bool ownsFolder)
    {
        _process = process;
        _ownsFolder = ownsFolder;
        Folder = folder;
    }

    public string Folder { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The next line on the server's standard output; null when it has closed it.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Starts a program; standard error goes to server.log beside the data.</summary>
    /// <param name="program">Path, or a name on PATH.</param>
    /// <param name="arguments">Makes the arguments from the folder for data.</param>
    /// <param name="folder">Home of data and log; null makes a temporary folder that is removed at the
    /// end.</param>
    public static ServerProcess Start(string program, Func<string, string[]> arguments, string? folder = null)
    {
        string home = folder ?? Directory.CreateTempSubdirectory("tsdb-bench-").FullName;
        ProcessStartInfo start = new(program, arguments(Path.Combine(home, "data")))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Directory.CreateDirectory(home);
        StreamWriter log = new(Path.Combine(home, "server.log")) { AutoFlush = true };
        Process process = Process.Start(start)
            ?? throw new InvalidOperationException($"{program} did not start.");
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.BeginErrorReadLine();
        return new ServerProcess(process, home, folder is null);
    }

    /// <summary>Reads the rest of standard output off, so that the server never waits for us.</summary>
    public void Drain()
    {
        Thread thread = new(() =>
        {
            while (_process.StandardOutput.ReadLine() is not null)
            {
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
    }

    /// <summary>What the server said before it failed.</summary>
    public string ReadLog()
    {
        using FileStream stream = new(
            Path.Combine(Folder, "server.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks the server to stop, as Ctrl-C does, and waits.</summary>
    public void Stop()
    {
        if (_process.HasExited)
        {
            return;
        }

        using Process signal = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        signal.WaitForExit();
        if (!_process.WaitForExit(_stopMax))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Stop();
        _process.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
