"""The proof of one person, to read, to print and for a program."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.contacts import proof, proof_pdf
from mailexpert.contacts.models import Contact


@require_safe
@never_cache
@member_required
def page(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    return render(request, "contacts/proof.html", {"contact": contact, "pack": proof.pack(contact)})


@require_safe
@never_cache
@member_required
def as_json(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    answer = JsonResponse(proof.pack(contact), json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="bewijs-{contact.id}.json"'
    return answer


@require_safe
@never_cache
@member_required
def as_pdf(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    answer = HttpResponse(proof_pdf.render(proof.pack(contact)), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="bewijs-{contact.id}.pdf"'
    return answer
