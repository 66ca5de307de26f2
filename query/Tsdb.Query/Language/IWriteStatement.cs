namespace Tsdb.Query.Language;

/// <summary>A statement that changes the database.</summary>
internal interface IWriteStatement
{
    int Position { get; }
}
