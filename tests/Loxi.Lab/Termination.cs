using System.Runtime.InteropServices;

namespace Loxi.Lab;

/// <summary>The wish of the user or of the lab that the program ends.</summary>
internal static class Termination
{
    /// <summary>
    /// Runs what has labs. At SIGTERM or SIGINT they are removed while it is still at work, and its hosts and sockets go: what it says of that is no failure, and must not
    /// end the process before all is removed. The signal ends it then.
    /// </summary>
    internal static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception) when (TestKit.Topology.Lab.IsEnding)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan);
            throw;
        }
    }

    /// <summary>Waits for SIGTERM or SIGINT, which then do not end the process by themselves.</summary>
    internal static async Task WaitAsync()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
        await end.Task;
    }
}
