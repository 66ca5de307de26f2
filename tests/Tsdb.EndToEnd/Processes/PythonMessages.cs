namespace Tsdb.EndToEnd.Processes;

/// <summary>The Python modules that protoc makes of our proto files, in a folder that lives as long as this
/// does.</summary>
internal sealed class PythonMessages : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-messages-");

    private PythonMessages()
    {
    }

    public string Folder => _folder.FullName;

    /// <summary>Makes the modules of some files, named without their ending; what they import is to be named
    /// too.</summary>
    public static async Task<PythonMessages> MakeAsync(params string[] names)
    {
        PythonMessages messages = new();
        ProcessOutcome made = await ForeignProcess.RunAsync(
            "protoc",
            [
                $"--proto_path={RepositoryFiles.ProtoFolder}", $"--python_out={messages.Folder}",
                .. names.Select(static name => $"tsdb/v1/{name}.proto"),
            ]);
        Assert.True(made.ExitCode == 0, made.Errors);
        return messages;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
