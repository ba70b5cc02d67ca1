namespace Loxi.Lab;

/// <summary>The command line cannot be understood; the message names option, value and what was expected.</summary>
internal sealed class UsageException(string message) : Exception(message);
