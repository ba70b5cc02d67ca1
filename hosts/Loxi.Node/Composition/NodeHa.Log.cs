namespace Loxi.Node.Composition;

/// <content>What is told of roles.</content>
internal sealed partial class NodeHa
{
    [LoggerMessage(8072, LogLevel.Error, "Roles could not follow a change of services or links; it is tried again in a second")]
    private partial void LogNotFollowed(Exception exception);

    [LoggerMessage(8073, LogLevel.Warning, "The roles in VIP groups {Groups} were not given away in time: the node must stop")]
    private partial void LogNotGivenAway(string groups);

    [LoggerMessage(8074, LogLevel.Critical, "Roles are no longer decided: the node stops")]
    private partial void LogSpeakerFailed(Exception exception);

    [LoggerMessage(8075, LogLevel.Error, "There are {Count} VIP groups: those beyond {Limit} have no roles, every node serves them")]
    private partial void LogTooManyGroups(int count, int limit);

    [LoggerMessage(8096, LogLevel.Information, "The node is drained: it gives its roles away and takes none while another node is heard, until it resumes")]
    private partial void LogDrained();

    [LoggerMessage(8097, LogLevel.Information, "The node takes roles again")]
    private partial void LogResumed();

    [LoggerMessage(8098, LogLevel.Warning, "The role MASTER in VIP group {Group} was posted, and is not asked for: the node is drained")]
    private partial void LogNotAskedFor(string group);
}
