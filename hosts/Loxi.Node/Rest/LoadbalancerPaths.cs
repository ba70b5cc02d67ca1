using System.Globalization;
using System.Net;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Tables;
using Microsoft.AspNetCore.Http.Features;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/loadbalancer</c>.</summary>
internal sealed class LoadbalancerPaths(INodeServices services)
{
    private const string Root = "/netlox/v1/config/loadbalancer";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        const string Address = "/externalipaddress/{ip}/port/{port}";
        endpoints.MapPost(Root, (RequestDelegate)CreateAsync);
        endpoints.MapGet(Root + "/all", (RequestDelegate)ListAsync);
        endpoints.MapDelete(Root + "/all", (RequestDelegate)DeleteAllAsync);
        endpoints.MapDelete(Root + "/name/{name}", (RequestDelegate)DeleteByNameAsync);
        endpoints.MapDelete(Root + Address + "/protocol/{proto}", (RequestDelegate)DeleteAsync);
        endpoints.MapDelete(Root + Address + "/portmax/{portmax}/protocol/{proto}", (RequestDelegate)DeleteAsync);
        endpoints.MapDelete(Root + "/hosturl/{hosturl}" + Address + "/protocol/{proto}", (RequestDelegate)DeleteAsync);
        endpoints.MapDelete(Root + "/hosturl/{hosturl}" + Address + "/portmax/{portmax}/protocol/{proto}", (RequestDelegate)DeleteAsync);
    }

    private async Task CreateAsync(HttpContext context)
    {
        var entry = await Requests.ReadBodyAsync(context, LoxiJson.LoadbalanceEntry);
        if (EntryChecks.FirstViolation(entry) is { } violation)
        {
            await Answers.WriteAsync(context, StatusCodes.Status422UnprocessableEntity, violation);
            return;
        }

        var request = ServiceMapper.ToRequest(entry!);
        if (!request.IsValid)
        {
            await Answers.WriteAsync(context, ApiErrors.Malformed(request.Problems));
            return;
        }

        try
        {
            await AnswerAsync(context, await services.ApplyAsync(request, context.RequestAborted));
        }
        catch (TableFullException e)
        {
            await Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyRules}: {e.Message}"));
        }
        catch (InvalidServicesException e)
        {
            // The request is about one service: its fields need no key before them.
            var key = $"{request.Service.Key}: ";
            await Answers.WriteAsync(context, ApiErrors.Malformed([.. e.Problems.Select(p => p.Field.StartsWith(key, StringComparison.Ordinal) ? p with { Field = p.Field[key.Length..] } : p)]));
        }
    }

    private static Task AnswerAsync(HttpContext context, ApplyResult result) => result.Outcome switch
    {
        ApplyOutcome.Unchanged => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status409Conflict, ApiErrors.RuleExists)),
        ApplyOutcome.LimitReached => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, ApiErrors.TooManyRules)),
        ApplyOutcome.NoService => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoRule)),
        ApplyOutcome.NoEndpoint => Answers.WriteAsync(context, ApiErrors.NotFound(ApiErrors.NoEndpoint, result.Problems)),
        ApplyOutcome.Refused => Answers.WriteAsync(context, ApiErrors.Malformed(result.Problems)),
        _ => Answers.SuccessAsync(context),
    };

    private async Task ListAsync(HttpContext context)
    {
        var views = await services.ListAsync(context.RequestAborted);
        var entries = new LoadbalanceEntry[views.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = ToEntry(views[i]);
        }

        await Answers.WriteAsync(context, new LoadbalanceList { Services = entries }, LoxiJson.LoadbalanceList);
    }

    private async Task DeleteAllAsync(HttpContext context)
    {
        await services.DeleteAllAsync(context.RequestAborted);
        await Answers.SuccessAsync(context);
    }

    private async Task DeleteByNameAsync(HttpContext context)
    {
        // The router leaves %2F as it is, which cannot be told from a name with those characters; the raw target can.
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?', 2)[0].TrimEnd('/');
        await services.DeleteByNameAsync(Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]), context.RequestAborted);
        await Answers.SuccessAsync(context);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var problems = new List<Problem>();
        var key = ReadKey(context, problems);
        if (problems.Count != 0)
        {
            await Answers.WriteAsync(context, ApiErrors.Malformed([.. problems]));
        }
        else if (await services.DeleteAsync(key, context.RequestAborted))
        {
            await Answers.SuccessAsync(context);
        }
        else
        {
            await Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoRule));
        }
    }

    private static ServiceKey ReadKey(HttpContext context, List<Problem> problems)
    {
        var ipText = Requests.Text(context, "ip");
        if (!AddressText.TryParse(ipText, out var ip))
        {
            problems.Add(Problem.Of("externalIPAddress", ipText, "an IPv4 or IPv6 address"));
        }

        var protocolText = Requests.Text(context, "proto");
        if (!ServiceProtocolNames.TryParse(protocolText, out var protocol))
        {
            problems.Add(Problem.Of("protocol", protocolText, "one of tcp, udp, sctp, icmp"));
        }

        long InRange(string name, long value, long greatest)
        {
            if (value < 0 || value > greatest)
            {
                problems.Add(Problem.Of(name, value, $"0 to {greatest}"));
                return 0;
            }

            return value;
        }

        var port = (ushort)InRange("port", Requests.Number(context, "port"), ushort.MaxValue);
        var portMax = context.Request.RouteValues.ContainsKey("portmax") ? (ushort)InRange("portmax", Requests.Number(context, "portmax"), ushort.MaxValue) : (ushort)0;
        var block = (uint)InRange("block", Requests.QueryNumber(context, "block"), uint.MaxValue);
        _ = Requests.QueryFlag(context, "bgp");
        var host = Requests.Text(context, "hosturl");
        return new ServiceKey(ip ?? IPAddress.None, protocol, port, portMax == 0 ? port : portMax, block, host == "any" ? "" : host);
    }

    private static LoadbalanceEntry ToEntry(ServiceView view)
    {
        var next = 0;
        return ServiceMapper.ToEntry(view.Service, _ =>
        {
            var endpoint = view.Endpoints[next++];
            return (endpoint.Active ? "active" : "inactive", string.Create(CultureInfo.InvariantCulture, $"{endpoint.Packets}:{endpoint.Bytes}"));
        });
    }
}
