namespace Tsdb.Query.Arrow.Reading;

/// <summary>What a sender sent as Arrow cannot be taken; the message says what and where.</summary>
/// <param name="message">For the sender.</param>
/// <param name="inner">What the Arrow library said, where it found the fault.</param>
public sealed class ArrowInputException(string message, Exception? inner = null) : Exception(message, inner);
