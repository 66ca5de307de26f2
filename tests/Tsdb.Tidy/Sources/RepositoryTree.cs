namespace Tsdb.Tidy.Sources;

/// <summary>The text files of the working tree, without what builds and tools leave in it.</summary>
internal sealed class RepositoryTree
{
    private static readonly HashSet<string> _ignoredFolders = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".cache", "artifacts", "bin", "obj", "data", "node_modules", "dist", "__pycache__",
        "BenchmarkDotNet.Artifacts", "TestResults",
    };

    private static readonly HashSet<string> _textEndings = new(StringComparer.OrdinalIgnoreCase)
    {
        "", ".cs", ".csproj", ".props", ".targets", ".md", ".sh", ".json", ".proto", ".sql", ".test", ".txt",
        ".yml", ".c", ".h", ".py", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".sln", ".csv",
        ".editorconfig", ".gitignore",
    };

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public RepositoryTree(string root)
    {
        List<SourceFile> files = [];
        Walk(root, root, files);
        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        Files = files;
    }

    public IReadOnlyList<SourceFile> Files { get; }

    public IEnumerable<SourceFile> CSharp => Files.Where(file => file.IsCSharp);

    public IEnumerable<SourceFile> Pages => Files.Where(file => file.IsMarkdown);

    /// <summary>Is there such a file or folder? The path is relative to the root.</summary>
    public bool Has(string path) => path.Length == 0 || _paths.Contains(path.TrimEnd('/'));

    public SourceFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    /// <summary>Opens the tree that holds this test's build: the folder with Tsdb.sln above it.</summary>
    public static RepositoryTree Open()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tsdb.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return new RepositoryTree(
            folder ?? throw new InvalidOperationException("No Tsdb.sln above the tests."));
    }

    private void Walk(string root, string folder, List<SourceFile> files)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
            _paths.Add(relative);
            if (_textEndings.Contains(Path.GetExtension(path)) && new FileInfo(path).Length < (1 << 20))
            {
                files.Add(new SourceFile(relative, File.ReadAllText(path)));
            }
        }

        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            if (!_ignoredFolders.Contains(Path.GetFileName(path)))
            {
                _paths.Add(Path.GetRelativePath(root, path).Replace('\\', '/'));
                Walk(root, path, files);
            }
        }
    }
}
