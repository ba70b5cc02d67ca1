using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary>The sample, as its README says to use it.</summary>
public sealed class ReplicatedTableTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-sample").FullName;
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task TwoProcesses_HaveTheSameEntries_AlsoAfterARestart()
    {
        var listen = FreePort();
        var pins = new[] { await PinAsync(0), await PinAsync(1) };
        string[] zero = ["0", "127.0.0.1:7000", $"1@{listen}={pins[1]}"];
        string[] one = ["1", listen.ToString(), $"0@127.0.0.1:7000={pins[0]}"];
        var (a, b) = (Start(zero), Start(one));

        await a.StandardInput.WriteLineAsync("set colour green");
        (await ListAsync(b, 1)).Should().Equal("colour = green");
        await b.StandardInput.WriteLineAsync("set colour red");
        await b.StandardInput.WriteLineAsync("set shape round");
        (await ListAsync(a, 2)).Should().Equal("colour = red", "shape = round");

        b.Kill();
        await a.StandardInput.WriteLineAsync("del shape");
        await a.StandardInput.WriteLineAsync("set colour blue");
        (await ListAsync(Start(one), 1)).Should().Equal("colour = blue");
    }

    [Fact]
    public async Task WrongArguments_AreNamed()
    {
        var process = Start("0", "127.0.0.1:7000", "1@nowhere");

        (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken)).Should().StartWith("1@nowhere: expected NUMBER@ADDRESS:PORT=PIN");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(2);
    }

    private static IPEndPoint FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private async Task<string> PinAsync(int node)
    {
        var process = Start(node.ToString(System.Globalization.CultureInfo.InvariantCulture), "127.0.0.1:7000");
        var line = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        return line.Trim()[^64..];
    }

    /// <summary>Asks until there are so many entries.</summary>
    private static async Task<List<string>> ListAsync(Process process, int count)
    {
        var entries = new List<string>();
        for (var end = Stopwatch.GetTimestamp() + (Limit.Ticks * (Stopwatch.Frequency / TimeSpan.TicksPerSecond)); entries.Count != count && Stopwatch.GetTimestamp() < end;)
        {
            entries.Clear();
            await process.StandardInput.WriteLineAsync("list");
            await process.StandardInput.WriteLineAsync("status");
            for (var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Limit); line?.StartsWith("node ", StringComparison.Ordinal) == false; line = await process.StandardOutput.ReadLineAsync().WaitAsync(Limit))
            {
                entries.AddRange(line.Contains(" = ", StringComparison.Ordinal) ? [line] : []);
            }
        }

        return entries;
    }

    private Process Start(params string[] arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "Loxi.Samples.ReplicatedTable", here.Name, "Loxi.Samples.ReplicatedTable");
        var process = Process.Start(new ProcessStartInfo(program, [Path.Combine(_directory, arguments[0]), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _processes.Add(process);
        return process;
    }
}
