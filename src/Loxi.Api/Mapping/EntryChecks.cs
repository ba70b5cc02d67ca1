using Loxi.Api.Wire;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>
/// What loxilb's generated server checks before its own code runs: required members and enumerations. Like there, the first
/// violation answers, in alphabetical order of the members, and the zero value of an enumeration passes.
/// </summary>
public static class EntryChecks
{
    /// <summary>Checks a service on the wire.</summary>
    /// <param name="entry">The service; null when the body was empty or <c>null</c>.</param>
    /// <returns>The body of the answer 422; null when nothing is violated.</returns>
    public static ValidationErrorBody? FirstViolation(LoadbalanceEntry? entry)
    {
        if (entry is null)
        {
            return Required("attr");
        }

        if (entry.Endpoints is null)
        {
            return Required(ServiceFields.Endpoints);
        }

        for (var i = 0; i < entry.Endpoints.Count; i++)
        {
            // go-openapi passes over null elements; ours are refused by the mapping.
            if (entry.Endpoints[i] is { } endpoint && MissingIn(endpoint) is { } member)
            {
                return Required($"endpoints.{i}.{member}");
            }
        }

        return entry.ServiceArguments is { } arguments ? FirstViolation(arguments) : Required("serviceArguments");
    }

    private static string? MissingIn(LoadbalanceEndpoint endpoint) =>
        endpoint.EndpointIP is null ? "endpointIP" : endpoint.TargetPort is null ? "targetPort" : endpoint.Weight is null ? "weight" : null;

    private static ValidationErrorBody? FirstViolation(LoadbalanceArguments arguments)
    {
        if (arguments.ExternalIP is null)
        {
            return Required(ServiceFields.Vip);
        }

        if (arguments.Port is null)
        {
            return Required(ServiceFields.Port);
        }

        if (!ProbeTypeNames.TryParse(arguments.ProbeType, out _))
        {
            return Enumeration(ServiceFields.ProbeType, "[tcp udp sctp http https ping none]");
        }

        if (arguments.Protocol is null)
        {
            return Required(ServiceFields.Protocol);
        }

        if (arguments.Protocol.Length != 0 && !ServiceProtocolNames.TryParse(arguments.Protocol, out _))
        {
            return Enumeration(ServiceFields.Protocol, "[tcp udp sctp icmp]");
        }

        return arguments.Selection is null or (>= 0 and <= (long)SelectionPolicy.N3) ? null : Enumeration(ServiceFields.Selection, "[0 1 2 3 4 5 6]");
    }

    private static ValidationErrorBody Required(string field) => new() { Code = ApiErrors.Required, Message = $"{field} in body is required" };

    private static ValidationErrorBody Enumeration(string field, string values) =>
        new() { Code = ApiErrors.Enumeration, Message = $"{field} in body should be one of {values}" };
}
