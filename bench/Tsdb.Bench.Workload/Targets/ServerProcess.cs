using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tsdb.Bench.Workload.Targets;

/// <summary>A started server with its temporary folder; both are gone after Dispose.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan _stopMax = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _logPath;
    private readonly string? _ownFolder;

    private ServerProcess(Process process, string dataFolder, string logPath, string? ownFolder)
    {
        _process = process;
        _logPath = logPath;
        _ownFolder = ownFolder;
        DataFolder = dataFolder;
    }

    public string DataFolder { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The next line on the server's standard output; null when it has closed it.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Starts a program over a temporary folder that is removed at the end.</summary>
    /// <param name="program">Path, or a name on PATH.</param>
    /// <param name="arguments">Makes the arguments from the folder for data.</param>
    public static ServerProcess Start(string program, Func<string, string[]> arguments)
    {
        string folder = Directory.CreateTempSubdirectory("tsdb-bench-").FullName;
        return Start(
            program, arguments, Path.Combine(folder, "data"), Path.Combine(folder, "server.log"), folder);
    }

    /// <summary>Starts a program over a folder that stays; standard error goes to the log.</summary>
    public static ServerProcess StartOn(
        string program, Func<string, string[]> arguments, string dataFolder, string logPath) =>
        Start(program, arguments, dataFolder, logPath, ownFolder: null);

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
            _logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Ends the server as a crash does: nothing is flushed.</summary>
    public void Kill(int processId)
    {
        using Process signal = Process.Start("kill", ["-KILL", $"{processId}"]);
        signal.WaitForExit();
        _process.WaitForExit();
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
        if (_ownFolder is not null)
        {
            Directory.Delete(_ownFolder, recursive: true);
        }
    }

    private static ServerProcess Start(
        string program,
        Func<string, string[]> arguments,
        string dataFolder,
        string logPath,
        string? ownFolder)
    {
        ProcessStartInfo start = new(program, arguments(dataFolder))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Process process = Launch(start);
        StreamWriter log = OpenLog(logPath);
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.BeginErrorReadLine();
        return new ServerProcess(process, dataFolder, logPath, ownFolder);
    }

    private static Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new IOException($"{start.FileName} did not start.");
        }
        catch (Win32Exception missing)
        {
            throw new IOException($"{start.FileName} cannot be run: {missing.Message}", missing);
        }
    }

    private static StreamWriter OpenLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            AutoFlush = true,
        };
    }
}
