namespace Tsdb.Query.Tests.Scripts;

/// <summary>
/// A file of tests/scripts: blocks divided by blank lines, each headed by one word. <c>load</c>: line
/// protocol.
/// <c>judged</c>: <c>table,tags field=value status timestamp</c>. <c>query</c>: SQL. <c>rows</c> (in order)
/// or
/// <c>rows unordered</c>: the outcome of the query before, columns divided by <c>|</c>. <c>error</c>: its
/// error.
/// </summary>
internal sealed class Script
{
    private Script(string name) => Name = name;

    public string Name { get; }

    public List<string> Lines { get; } = [];

    public List<string> Judged { get; } = [];

    public List<ScriptCase> Cases { get; } = [];

    public static Script Read(string path)
    {
        Script script = new(Path.GetFileName(path));
        string[] lines = File.ReadAllLines(path);
        string sql = "";
        int sqlLine = 0;
        for (int i = 0; i < lines.Length;)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
            {
                i++;
                continue;
            }

            int start = i++;
            List<string> body = [];
            while (i < lines.Length && lines[i].Length > 0)
            {
                body.Add(lines[i++]);
            }

            if (lines[start] == "query")
            {
                sql = string.Join('\n', body);
                sqlLine = start + 1;
            }
            else
            {
                script.Add(lines[start], body, sql, sqlLine);
            }
        }

        return script;
    }

    private void Add(string head, List<string> body, string sql, int sqlLine)
    {
        switch (head)
        {
            case "load":
                Lines.AddRange(body);
                break;
            case "judged":
                Judged.AddRange(body);
                break;
            case "rows":
                Cases.Add(new ScriptCase(sqlLine, sql, body, true, null));
                break;
            case "rows unordered":
                body.Sort(StringComparer.Ordinal);
                Cases.Add(new ScriptCase(sqlLine, sql, body, false, null));
                break;
            case "error":
                Cases.Add(new ScriptCase(sqlLine, sql, null, false, string.Join('\n', body)));
                break;
            default:
                throw new InvalidDataException($"{Name}: unknown block '{head}'");
        }
    }
}
