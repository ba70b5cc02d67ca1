using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Loxi.TestKit.Interop;

namespace Loxi.TestKit.Topology;

/// <summary>A thread that lives in one network namespace and does what it is given, one thing after the other.</summary>
internal sealed class NamespaceThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    internal NamespaceThread(string namespacePath)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread = new Thread(() => Loop(namespacePath, entered)) { IsBackground = true, Name = Path.GetFileName(namespacePath) };
        _thread.Start();
        entered.Task.GetAwaiter().GetResult();
    }

    internal T Run<T>(Func<T> function)
    {
        if (Thread.CurrentThread == _thread)
        {
            return function();
        }

        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    internal static void Enter(string namespacePath)
    {
        using var handle = File.OpenHandle(namespacePath);
        _ = Libc.Check(Libc.SetNamespace((int)handle.DangerousGetHandle(), Libc.CloneNewNet), $"setns {namespacePath}");
    }

    private void Loop(string namespacePath, TaskCompletionSource entered)
    {
        try
        {
            Enter(namespacePath);
            entered.SetResult();
        }
        catch (Exception e)
        {
            entered.SetException(e);
            return;
        }

        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
