namespace Tsdb.Server.Cli;

/// <summary>How the shell prints rows.</summary>
internal enum ResultFormat
{
    /// <summary>Columns aligned.</summary>
    Table,

    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Json,
}
