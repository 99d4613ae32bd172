"""What tells one type of task, and one kind of project, from another. Data only.

All words in lower case; inflection is dropped before anything is looked up (`meaning.stem`).
"""

# Weight → words or pairs of words. 3: hardly said of anything else; 2: usual there; 1: said elsewhere, too.
EVIDENCE: dict[str, dict[int, str]] = {
    "development": {
        3: """implement, develop, code, program, refactor, debug, bug, crash, exception, stack trace, fix, patch,
              api, endpoint, backend, frontend, graphql, webhook, websocket, middleware, jwt, oauth, sdk, crud,
              microservice, pull request, code review, parser, compiler, django, react, python, javascript,
              typescript, memory leak, race condition, deprecate, hotfix, feature flag, dark mode, null pointer,
              integrate""",
        2: """authentication, authorisation, login, register, signup, password, validation, database, schema, query,
              sql, cache, module, component, function, class, library, framework, plugin, widget, feature,
              pagination, sort, filter, search, upload, download, import, export, csv, pdf, notification, token,
              session, permission, dependency, upgrade, dropdown, script, scheduler, cron, timeout, button, payment,
              checkout, optimise, endpoint, rate limit, two factor, 2fa, localisation, broken, slow, queue, parse,
              render""",
        1: """build, create, add, make, extend, remove, support, system, service, page, form, app, field, table,
              tool, convert, replace, handle, connect, allow, enable, disable, error, technical""",
    },
    "design": {
        3: """design, redesign, mockup, wireframe, figma, sketch, ux, logo, typography, moodboard, illustration,
              style guide, brand guide, colour palette, visual, infographic, storyboard, poster, flyer, brochure,
              user flow, customer journey, icon set, rebrand, banner, lo fi, hi fi, look and feel""",
        2: """prototype, layout, ui, icon, colour, palette, brand, persona, accessibility, animation, template,
              artwork, font, usability, spacing, slide, packaging, screen, cover, graphic, letterhead""",
        1: """draw, draft, style, image, photo, header, homepage, landing page, responsive, mobile""",
    },
    "testing": {
        3: """test, verify, validate, qa, regression, e2e, end to end, uat, smoke, pytest, playwright, selenium,
              cypress, coverage, flaky, exploratory, fuzz, penetration, bug bash, test case, test plan, retest, load
              test, quality assurance, acceptance test, stress""",
        2: """check, assertion, fixture, test data, browser, device, simulator, reproduce, cross check, tester,
              trial, mock""",
        1: """confirm, quality, scenario, bug, edge case, accessibility""",
    },
    "research": {
        3: """research, investigate, evaluate, compare, explore, study, survey, benchmark, assess, feasibility,
              literature, competitor, hypothesis, spike, find out, user interview, market analysis, look into, proof
              of concept, poc, trend, due diligence, root cause""",
        2: """analyse, alternative, option, finding, market, interview, questionnaire, data source, vendor, pros,
              cons, trade off, recommendation, whitepaper, insight, evidence, learn, estimate, examine, statistic,
              shortlist""",
        1: """choose, understand, report, question, measure, source, why, gather, review, identify, provider""",
    },
    "deployment": {
        3: """deploy, release, rollout, rollback, go live, production, staging, ci, cd, pipeline, kubernetes,
              docker, helm, terraform, ansible, dns, ssl, tls, certificate, cutover, provision, app store, play
              store, canary, hosting, cluster, nginx, blue green, continuous delivery, continuous integration,
              decommission""",
        2: """launch, server, infrastructure, environment, monitor, backup, domain, cloud, aws, azure, gcp,
              container, migrate, publish, maintenance window, downtime, restore, firewall, load balancer,
              autoscale, alert, runbook, registry, region, data centre, vps""",
        1: """setup, configure, install, upgrade, version, switch, ship, rotate, scale""",
    },
    "meeting": {
        3: """meeting, meet, agenda, workshop, kickoff, retrospective, retro, standup, minutes, one on one, sprint
              planning, sprint review, offsite, webinar, town hall, design review, video call, status call,
              appointment, conference, steering committee, sync, board meeting, roundtable, planning session""",
        2: """call, invite, attendee, participant, facilitate, moderate, discuss, demo, interview, presentation,
              present, session, host, talk, brainstorm, zoom, teams call, calendar, negotiation, conversation, hold""",
        1: """schedule, room, stakeholder, speaker, slide, organise, quarterly, weekly, monthly, book, agree,
              feedback, candidate""",
    },
    "general": {
        3: """blog post, newsletter, article, press release, party, catering, tax, tax return, holiday, furniture,
              chair, office move, expense, payroll, travel, flight, hotel, job ad, job description, birthday, gift,
              insurance, campaign, social media, team building""",
        2: """order, buy, purchase, hire, recruit, venue, handbook, guide, contract, supplier, office, kitchen,
              letter, post, book, speech, translate, onboard, employee, lease, donation, inventory, receipt, blog,
              cleaning, training, course, staff, marketing, machine, desk, policy, documentation""",
        1: """invoice, clean, repair, budget, write, text, plan, organise, proofread, arrange, document, policy,
              sign, pay""",
    },
}

# What the kind of project says about the type of its tasks: a hint, weaker than one strong word.
PROJECT_EVIDENCE = {
    "api": "development", "web": "development", "mobile": "development", "data": "development", "shop": "development",
    "game": "development", "infrastructure": "deployment", "research": "research", "design": "design",
    "quality": "testing",
}  # fmt: skip

# What people call the kinds of project the lists know.
PROJECTS = {
    "api": "api, rest, graphql, backend, microservice, webservice, web service, integration",
    "web": "web, website, frontend, webapp, portal, saas, intranet, cms, wordpress",
    "mobile": "mobile, ios, android, app, flutter, tablet",
    "data": "data, analytics, etl, warehouse, ml, machine learning, ai, bi, reporting, science, statistic, database",
    "infrastructure": "infrastructure, infra, devops, cloud, platform, operation, sre, network, hosting, it",
    "marketing": "marketing, campaign, seo, content, social media, advertising, newsletter, brand, pr, communication",
    "sales": "sales, sale, crm, customer success, account",
    "finance": "finance, accounting, budget, tax, bookkeeping, billing, procurement, controlling",
    "people": "hr, people, hire, recruitment, onboard, training, education, personnel, staff",
    "event": "event, conference, fair, exhibition, wedding, festival",
    "legal": "legal, compliance, privacy, contract, gdpr, audit, regulatory",
    "health": "health, healthcare, clinical, hospital, medical, nursing, ward, care, pharma",
    "hardware": "hardware, iot, embedded, firmware, electronics, robotics, manufacturing, production line",
    "shop": "shop, ecommerce, e commerce, store, retail, marketplace",
    "security": "security, cybersecurity, infosec, pentest",
    "support": "support, helpdesk, service desk, customer service",
    "game": "game, gaming, unity, unreal",
    "research": "research, academic, science project, thesis, study",
    "design": "design, ux, ui, creative, art",
    "quality": "qa, quality, testing",
    "construction": "construction, building, renovation, facility, architecture, property, logistics",
}
