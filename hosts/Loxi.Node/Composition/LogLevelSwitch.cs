namespace Loxi.Node.Composition;

/// <summary>The level below which nothing is logged, changeable while the node runs.</summary>
internal sealed class LogLevelSwitch(LogLevel level)
{
    public LogLevel Level { get; set; } = level;

    /// <summary>ASP.NET says little below warning that an operator of a balancer wants to read.</summary>
    public bool Allows(string? category, LogLevel level) =>
        level >= Level && (level >= LogLevel.Warning || category?.StartsWith("Microsoft.", StringComparison.Ordinal) != true || Level <= LogLevel.Debug);
}
