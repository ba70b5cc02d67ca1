using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loxi.TestKit.Traffic;

namespace Loxi.Lab;

/// <summary>Clients that print one JSON object; exit code 1 when anything failed.</summary>
internal static class LoadCommands
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    internal static async Task<int> RunAsync(string[] args, bool udp)
    {
        var options = Options(args, udp);
        await using var load = udp ? Load.StartUdp(LocalSockets.Instance, options) : Load.StartHttp(LocalSockets.Instance, options);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await load.Completion;
        var report = load.Report;
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(
            new
            {
                report.Requests,
                report.Answered,
                report.Failed,
                report.Progress.Connected,
                report.PerServer,
                report.ClientAddresses,
                report.FailedByKind,
                Errors = report.Errors.Take(100),
                ElapsedMs = report.Elapsed.TotalMilliseconds,
                P50Ms = report.P50.TotalMilliseconds,
                P99Ms = report.P99.TotalMilliseconds,
                MaxMs = report.Max.TotalMilliseconds,
                LongestGapMs = report.LongestGap.TotalMilliseconds,
            },
            s_json));
        return report.Failed == 0 && report.Answered > 0 ? 0 : 1;

        // Reports what was counted until then instead of dying without a word.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            _ = load.StopAsync();
        }
    }

    internal static async Task<int> BulkAsync(string[] args)
    {
        var arguments = new CommandArguments(args, "--target", "--bytes", "--upload", "--timeout");
        var target = arguments.EndPoint("--target");
        var text = arguments.Required("--bytes");
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            throw new UsageException($"option --bytes '{text}': expected a number");
        }

        try
        {
            var timeout = arguments.Milliseconds("--timeout");
            var result = arguments.Has("--upload")
                ? await BulkTransfer.UploadAsync(LocalSockets.Instance, target, bytes, timeout)
                : await BulkTransfer.DownloadAsync(LocalSockets.Instance, target, bytes, timeout);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(
                new { result.Server, result.Bytes, ElapsedMs = result.Elapsed.TotalMilliseconds, result.MegabitsPerSecond },
                s_json));
            return 0;
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or EndOfStreamException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static LoadOptions Options(string[] args, bool udp)
    {
        var arguments = new CommandArguments(
            args, "--target", "--connections", "--interval", "--timeout", "--duration", "--requests", "--new-connections", "--no-reconnect", "--source", udp ? "--payload" : "--path");
        var defaults = new LoadOptions { Target = arguments.EndPoint("--target") };
        return defaults with
        {
            Connections = arguments.Integer("--connections", defaults.Connections, 1, 60000),
            Interval = arguments.Milliseconds("--interval") ?? defaults.Interval,
            Timeout = arguments.Milliseconds("--timeout") ?? defaults.Timeout,
            Duration = arguments.Milliseconds("--duration"),
            MaxRequests = arguments.Has("--requests") ? arguments.Integer("--requests", 0, 1, int.MaxValue) : null,
            KeepAlive = !arguments.Has("--new-connections"),
            Reconnect = !arguments.Has("--no-reconnect"),
            Source = arguments.All("--source") is [.., var source] ? CommandArguments.Address("--source", source) : null,
            Path = udp ? defaults.Path : arguments.All("--path") is [.., var path] ? path : defaults.Path,
            PayloadLength = udp ? arguments.Integer("--payload", defaults.PayloadLength, 8, 60000) : defaults.PayloadLength,
        };
    }
}
