using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Loxi.TestKit.Interop;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Processes;

/// <summary>A program that runs on a host of the lab: its output lines, its end, and the means to end it.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly List<string> _lines = [];
    private readonly List<Waiter> _waiters = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<int> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LabProcess(LabHost host, LabProcessOptions options)
    {
        Host = host;
        Name = options.Name;
        LogPath = UniqueLogPath(host, options.Name);
        _log = new StreamWriter(LogPath) { AutoFlush = true };
        _process = new Process
        {
            EnableRaisingEvents = true,
            StartInfo = new ProcessStartInfo("nsenter", [$"--net={host.NamespacePath}", "--", options.File, .. options.Arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
                WorkingDirectory = options.WorkingDirectory ?? host.Lab.StateDirectory,
            },
        };
        foreach (var (key, value) in options.Environment)
        {
            _process.StartInfo.Environment[key] = value;
        }
    }

    public LabHost Host { get; }

    public string Name { get; }

    /// <summary>File with every line of both outputs.</summary>
    public string LogPath { get; }

    /// <summary>Process id; <c>nsenter</c> executes the program in its own place, so it is the program's.</summary>
    public int Pid { get; private set; }

    /// <summary>Ends with the exit code (128 + signal for a signal) when the process has ended and its output is read.</summary>
    public Task<int> Completion => _completion.Task;

    public bool HasExited => _completion.Task.IsCompleted;

    /// <summary>The lines so far, of standard output and standard error as they came.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public static LabProcess Start(LabHost host, LabProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        var process = new LabProcess(host, options);
        process.Begin();
        host.Lab.Register(process);
        return process;
    }

    /// <summary>Waits for a line that matches, among those already written or to come.</summary>
    /// <exception cref="TimeoutException">No such line came in time.</exception>
    /// <exception cref="LabException">The process ended without it.</exception>
    public Task<string> WaitForLineAsync(string pattern, TimeSpan? timeout = null)
    {
        var expression = new Regex(pattern, RegexOptions.CultureInvariant);
        return WaitForLineAsync(expression.IsMatch, $"/{pattern}/", timeout);
    }

    /// <summary>As the other overload, with a predicate and words for the message.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> predicate, string what, TimeSpan? timeout = null)
    {
        var waiter = new Waiter(predicate);
        lock (_gate)
        {
            if (_lines.Find(line => predicate(line)) is { } found)
            {
                return found;
            }

            _waiters.Add(waiter);
        }

        try
        {
            var ended = await Task.WhenAny(waiter.Line.Task, _completion.Task).WaitAsync(timeout ?? TimeSpan.FromSeconds(20));
            return ended == waiter.Line.Task || waiter.Line.Task.IsCompleted
                ? await waiter.Line.Task
                : throw new LabException($"{this} ended with {await _completion.Task} before a line {what}; its last lines:\n{Tail()}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{this} wrote no line {what} in time; its last lines:\n{Tail()}", e);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    /// <summary>Sends a signal; one sent to an ended process does nothing.</summary>
    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            _ = Libc.Kill(Pid, signal);
        }
    }

    /// <summary>Stops the process where it is (SIGSTOP) and returns when all its threads stand still: until then one that runs on another CPU may still send.</summary>
    /// <exception cref="LabException">The process has ended.</exception>
    public unsafe void Pause()
    {
        Signal(Libc.SigStop);
        // The kernel tells the parent of a stop when the last thread has taken part in it. It stays told, so that who pauses twice does not wait for ever.
        var info = stackalloc byte[128];
        while (Libc.WaitId(Libc.IdIsPid, Pid, info, Libc.WaitStopped | Libc.WaitWithoutTaking) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                throw new LabException($"{this} cannot be stopped, it has ended; its last lines:\n{Tail()}");
            }
        }
    }

    /// <summary>Lets a paused process go on (SIGCONT).</summary>
    public void Continue() => Signal(Libc.SigContinue);

    /// <summary>Asks the process to end (SIGTERM), kills it after the timeout; returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan? timeout = null)
    {
        Signal(Libc.SigTerm);
        try
        {
            return await _completion.Task.WaitAsync(timeout ?? TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            return await KillAsync();
        }
    }

    /// <summary>Kills the process (SIGKILL) and waits for its end.</summary>
    public async Task<int> KillAsync()
    {
        Signal(Libc.SigKill);
        return await _completion.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        _ = await KillAsync();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} on {Host.Name} (pid {Pid})");

    /// <summary>The last lines, for a message.</summary>
    public string Tail(int count = 30) => string.Join('\n', Lines.TakeLast(count));

    internal void KillNow()
    {
        Signal(Libc.SigKill);
        // The output readers end when the process and all that inherited its pipes are gone; the lab kills those next.
        _ = _process.WaitForExit(TimeSpan.FromSeconds(5));
    }

    private static string UniqueLogPath(LabHost host, string name)
    {
        for (var i = 0; ; i++)
        {
            var suffix = i == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{i}");
            var path = Path.Combine(host.Lab.StateDirectory, $"{host.Name}.{name}{suffix}.log");
            if (!File.Exists(path))
            {
                return path;
            }
        }
    }

    private void Begin()
    {
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        _process.Start();
        Pid = _process.Id;
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ = WatchAsync();
    }

    private async Task WatchAsync()
    {
        await _process.WaitForExitAsync();
        lock (_gate)
        {
            _log.Dispose();
        }

        _completion.TrySetResult(_process.ExitCode);
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            if (_log.BaseStream is { CanWrite: true })
            {
                _log.WriteLine(line);
            }

            foreach (var waiter in _waiters.Where(waiter => waiter.Predicate(line)))
            {
                waiter.Line.TrySetResult(line);
            }
        }
    }

    private sealed record Waiter(Func<string, bool> Predicate)
    {
        internal TaskCompletionSource<string> Line { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
