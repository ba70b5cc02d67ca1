using Microsoft.Extensions.Logging;

namespace Loxi.Node.Options;

/// <summary>loxilb's names of log levels. Several of them share a level here.</summary>
internal static class LogLevelNames
{
    public const string Expected = "one of trace, debug, info, notice, warning, error, critical, alert, emergency";

    public static bool TryParse(string? name, out LogLevel level)
    {
        LogLevel? found = name switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "info" or "notice" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "critical" or "alert" or "emergency" => LogLevel.Critical,
            _ => null,
        };
        level = found ?? LogLevel.Information;
        return found is not null;
    }

    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
