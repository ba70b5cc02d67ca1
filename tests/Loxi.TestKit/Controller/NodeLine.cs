using System.Net.Mime;
using System.Text;
using System.Threading.Channels;
using Loxi.TestKit.Availability;

namespace Loxi.TestKit.Controller;

/// <summary>The controller's side of one node: requests in the order in which they are put, and health checks beside them.</summary>
internal sealed class NodeLine(ControllerNode node, ControllerOptions options, HttpClient client, Action<ControllerEvent> note) : IDisposable
{
    private readonly Channel<(NodeRequest Request, int Epoch, TaskCompletionSource Done)> _waiting = Channel.CreateUnbounded<(NodeRequest, int, TaskCompletionSource)>();
    private int _epoch;

    internal ControllerNode Node => node;

    /// <summary>Set under the controller's lock.</summary>
    internal bool IsAlive { get; set; }

    /// <summary>Puts a request at the end; ends when it was answered or given up.</summary>
    internal Task Put(NodeRequest request)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.Writer.TryWrite((request, Volatile.Read(ref _epoch), done)))
        {
            done.SetResult();
        }

        return done.Task;
    }

    /// <summary>Gives up what waits: a node that was dead is told everything anew.</summary>
    internal void Forget() => Interlocked.Increment(ref _epoch);

    /// <summary>Sends what is put until <paramref name="stop"/>; says so when a request had no answer.</summary>
    internal async Task SendAllAsync(Action unanswered, CancellationToken stop)
    {
        try
        {
            await foreach (var (request, epoch, done) in _waiting.Reader.ReadAllAsync(stop))
            {
                if (epoch == Volatile.Read(ref _epoch) && !await SendAsync(request, stop))
                {
                    unanswered();
                }

                done.SetResult();
                await Task.Delay(options.Spacing, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            while (_waiting.Reader.TryRead(out var left))
            {
                left.Done.SetResult();
            }
        }
    }

    /// <summary>Whether the node answers anything at all, 404 too.</summary>
    internal async Task<bool> CheckAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.HealthLimit);
        try
        {
            using var answer = await client.GetAsync(new Uri(node.Api, "/netlox/v1"), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<bool> SendAsync(NodeRequest request, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.RequestLimit);
        var begin = LabClock.Now;
        int? status = null;
        try
        {
            using var message = new HttpRequestMessage(request.Method, new Uri(node.Api, $"/netlox/v1/{request.Path}"));
            message.Content = request.Body.Length > 0 ? new StringContent(request.Body, Encoding.UTF8, MediaTypeNames.Application.Json) : null;
            using var answer = await client.SendAsync(message, limit.Token);
            status = (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // No answer: the log says so.
        }

        note(new(begin, ControllerEventKind.Request, node.Name, $"{request.Method} /{request.Path}", request.Body, status));
        return status is not null;
    }
}
