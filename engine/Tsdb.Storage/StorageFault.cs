namespace Tsdb.Storage;

/// <summary>Something that is wrong with a database while it goes on.</summary>
/// <param name="Kind">What, in snake_case, as <c>log_failed</c>.</param>
/// <param name="Message">In words, with the device's reason.</param>
/// <param name="RefusesWrites">Whether writes are refused because of it.</param>
public sealed record StorageFault(string Kind, string Message, bool RefusesWrites);
